import Testing

@testable import DevRegistry

/// Bodies and statuses are those of registries/observed/nacos-1x-2x.md, "Refused registrations".
struct RefusalTests {
    @Test(arguments: [
        ("ip=", 400, "Param 'ip' is required."),
        ("port=", 400, "Param 'port' is required."),
        ("serviceName=", 400, "Param 'serviceName' is required."),
        ("port=65536", 400, "Param 'port' is illegal, the value should be between 0 and 65535.\r\n"),
        ("port=-1", 400, "Param 'port' is illegal, the value should be between 0 and 65535.\r\n"),
        ("port=abc", 400, "Param 'port' is illegal, the value should be between 0 and 65535.\r\n"),
        ("ip=a b", 400, "Param 'ip' is illegal, illegal characters should not appear in the param.\r\n"),
        ("ip=10.1.4.1 ", 400, "Param 'ip' is illegal, illegal characters should not appear in the param.\r\n"),
        ("groupName=a/b", 400, "Param 'group' is illegal, illegal characters should not appear in the param.\r\n"),
        (
            "groupName=g@@x", 400,
            "Param 'serviceName' is illegal, illegal characters should not appear in the param.\r\n"
        ),
        (
            "serviceName=@x", 400,
            "Param 'serviceName' is illegal, illegal characters should not appear in the param.\r\n"
        ),
        (
            "serviceName=a@@b@@c", 400,
            "Param 'serviceName' is illegal, illegal characters should not appear in the param.\r\n"
        ),
        (
            "serviceName=a b", 400,
            "Param 'serviceName' is illegal, illegal characters should not appear in the param.\r\n"
        ),
        (
            "namespaceId=a b!", 400,
            "Param 'namespaceId/tenant' is illegal, illegal characters should not appear in the param.\r\n"
        ),
        ("clusterName=a b", 400, "Param 'cluster' is illegal, illegal characters should not appear in the param.\r\n"),
        ("clusterName=a_b", 400, "Instance 'clusterName' should be characters with only 0-9a-zA-Z-. (current: a_b)"),
        (
            "clusterName=cluster1,cluster2", 400,
            "Param 'cluster' is illegal, illegal characters should not appear in the param.\r\n"
        ),
        ("weight=20000", 400, "instance format invalid: The weights range from 0.0 to 10000.0"),
        ("weight=-1", 400, "instance format invalid: The weights range from 0.0 to 10000.0"),
        ("weight=abc", 400, "For input string: \"abc\""),
        (
            "metadata=preserved.heart.beat.interval=5000,preserved.heart.beat.timeout=4000", 400,
            "Instance 'heart beat interval' must less than 'heart beat timeout' and 'ip delete timeout'."
        ),
        ("port=0", 200, "ok"), ("port=65535", 200, "ok"), ("ip=300.1.1.1", 200, "ok"), ("ip=1.2.3", 200, "ok"),
        ("serviceName=a/b", 200, "ok"), ("weight=0", 200, "ok"),
        ("metadata=preserved.heart.beat.interval=5s", 200, "ok"),
    ])
    func `a registration is refused in the real words, or taken`(parameter: String, status: Int, body: String) {
        var registry = Registry()
        let answer = registry.register(parameter)
        #expect(answer.status == status)
        #expect(answer.body == body)
    }

    @Test func `lengths are counted`() {
        var registry = Registry()
        let long = String(repeating: "s", count: 1025)
        #expect(registry.register("serviceName=" + long.prefix(512)).status == 200)
        #expect(registry.register("serviceName=" + long.prefix(513)).body.contains("not exceed 512."))
        #expect(registry.register("groupName=" + long.prefix(129)).body.contains("'group'"))
        #expect(registry.register("clusterName=" + long.prefix(65)).body.contains("not exceed 64."))
        #expect(registry.register("metadata=k=" + long.prefix(1024)).body.contains("'Metadata'"))
    }

    @Test func `what a filter refuses comes in Spring's JSON`() {
        var registry = Registry()
        let format = registry.register("metadata=hello")
        #expect(format.status == 500 && format.type == "application/json")
        #expect(
            format.body
                == #"{"timestamp":"2026-11-22T14:03:58.239+00:00","status":500,"error":"Internal Server Error","#
                + #""message":"Server failed, caused: ErrCode:400, ErrMsg:metadata format incorrect:hello;caused: "#
                + #"metadata format incorrect:hello;","path":"/nacos/v1/ns/instance"}"#)
        #expect(registry.register("serviceName=@@x").body.contains("groupName can't be empty;"))
        #expect(registry.register("serviceName=x@@").body.contains("it should be format as"))
        let unknown = registry.call("GET", "nosuch")
        #expect(unknown.status == 501 && unknown.body.contains("no such api:GET:/nacos/v1/ns/nosuch"))
    }

    @Test func `ephemeral and persistent don't mix`() {
        var registry = Registry()
        registry.register()
        let answer = registry.register("port=81", "ephemeral=false")
        let text = "Current service DEFAULT_GROUP@@a is ephemeral service, can't register persistent instance."
        #expect(answer.status == 400 && answer.body == "errCode: 400, errMsg: \(text) ")
    }
}
