import Testing

@testable import DevRegistry

/// Bodies and statuses are those of registries/observed/nacos-3x.md, 3 and 8.
struct V3Tests {
    private static let ok = #"{"code":0,"message":"success","data":"ok"}"#
    private static let notFound = #"{"code":21003,"message":"instance not found","data":null}"#
    private static let port = "Param 'port' is illegal, the value should be between 0 and 65535.\r\n"

    private static func missing(_ name: String, _ type: String = "String") -> String {
        #"{"code":10000,"message":"parameter missing","data":"Required parameter '\#(name)' type \#(type) is not present"}"#
    }

    private static func illegal(_ name: String) -> String {
        "Param '\(name)' is illegal, illegal characters should not appear in the param.\r\n"
    }

    private static func refused(_ code: ErrorCode, _ text: String) -> String {
        #"{"code":\#(code.rawValue),"message":"\#(code.message)","data":"\#(text)"}"#
    }

    private static let weight = refused(.weightError, "instance format invalid: The weights range from 0.0 to 10000.0")
    private static let timing = refused(
        .instanceError, "Instance 'heart beat interval' must less than 'heart beat timeout' and 'ip delete timeout'.")
    private static let cluster = refused(
        .instanceError, "Instance 'clusterName' should be characters with only 0-9a-zA-Z-. (current: a_b)")

    @Test func `an instance is registered, listed, kept alive and let go`() {
        var registry = Registry()
        #expect(registry.v3("POST", "instance", "heartBeat=true").body == Self.notFound)
        let made = registry.v3("POST", "instance", "weight=2.5", #"metadata={"v":"1"}"#)
        #expect(made.body == Self.ok && made.status == 200 && made.type == "application/json" && made.isApplied)
        #expect(
            registry.v3("GET", "instance/list").body
                == #"{"code":0,"message":"success","data":[{"ip":"10.0.0.1","port":80,"weight":2.5,"healthy":true,"#
                + #""enabled":true,"ephemeral":true,"clusterName":"DEFAULT","serviceName":"DEFAULT_GROUP@@a","#
                + #""metadata":{"v":"1"},"instanceHeartBeatInterval":5000,"instanceHeartBeatTimeOut":15000,"#
                + #""ipDeleteTimeout":30000}]}"#)
        registry.pass(.seconds(14))
        #expect(registry.v3("POST", "instance", "heartBeat=true").body == Self.ok)
        registry.pass(.seconds(14))
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 2.5"])
        #expect(registry.v3("DELETE").body == Self.ok)
        #expect(registry.v3("DELETE").body == Self.ok)
        #expect(registry.v3("GET", "instance/list").body == #"{"code":0,"message":"success","data":[]}"#)
    }

    @Test func `an unknown heartbeat makes nothing, and is no error of HTTP`() {
        var registry = Registry()
        registry.v3("POST")
        for other in ["ip=10.0.0.9", "port=81", "serviceName=b", "groupName=G2", "namespaceId=n"] {
            let answer = registry.v3("POST", "instance", "heartBeat=true", other)
            #expect(answer.status == 200 && answer.body == Self.notFound && !answer.isApplied)
        }
        #expect(registry.routes.everything(at: registry.now).count == 1)
        #expect(registry.v3("POST", "instance", "heartBeat=true", "clusterName=C9").body == Self.ok)
    }

    @Test func `a heartbeat changes nothing but the time`() {
        var registry = Registry()
        registry.v3("POST", "instance", "weight=2")
        let beat = registry.v3("POST", "instance", "heartBeat=true", "weight=20000", "enabled=false", "metadata=a=1")
        #expect(beat.body == Self.ok)
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 2.0"])
    }

    @Test(arguments: [
        ("ip=", 400, missing("ip")), ("port=", 400, missing("port", "Integer")),
        ("serviceName=", 400, missing("serviceName")), ("port=-1", 400, port), ("port=70000", 400, port),
        ("port=abc", 400, port), ("port=0", 200, ok), ("groupName=a/b", 400, illegal("group")),
        ("groupName=g@@x", 400, illegal("group")), ("serviceName=a b", 400, illegal("serviceName")),
        ("serviceName=@svc", 400, illegal("serviceName")), ("serviceName=a@@b@@c", 400, illegal("serviceName")),
        ("serviceName=a/b", 200, ok), ("serviceName=G@@svc", 200, ok), ("weight=20000", 400, weight),
        ("weight=-1", 400, weight), ("weight=NaN", 200, ok), ("weight=", 200, ok), ("clusterName=a_b", 400, cluster),
        ("clusterName=a,b", 400, illegal("cluster")), ("namespaceId=a b", 400, illegal("namespaceId/tenant")),
        ("namespaceId=", 200, ok), ("ip=10.1 .1", 400, illegal("ip")), ("ip=not_an_ip", 200, ok),
        (#"metadata={"preserved.heart.beat.interval":"5000","preserved.heart.beat.timeout":"3000"}"#, 400, timing),
        (#"metadata={"preserved.heart.beat.interval":"5s"}"#, 200, ok), ("metadata=a=1,b=2", 200, ok),
        ("metadata={oops", 200, ""), ("metadata=[1]", 200, ""), (#"metadata={"n":{"a":1}}"#, 200, ""),
        ("heartbeat=true", 200, ok), ("heartBeat=off", 200, ok), ("heartBeat=on", 200, notFound),
    ])
    func `a registration is refused in the real words, or taken`(parameter: String, status: Int, body: String) {
        var registry = Registry()
        let answer = registry.v3("POST", "instance", parameter)
        #expect(answer.status == status)
        #expect(answer.body == body)
        #expect(answer.isApplied == (body == Self.ok))
    }

    @Test func `what is not of its type is a 500 that says so at length`() {
        var registry = Registry()
        let junk = registry.v3("POST", "instance", "heartBeat=junk")
        #expect(junk.status == 500)
        #expect(
            junk.body
                == #"{"code":30000,"message":"Method parameter 'heartBeat': Failed to convert value of type "#
                + #"'java.lang.String' to required type 'boolean'; Invalid boolean value [junk]","data":null}"#)
        for (parameter, end) in [
            ("weight=heavy", "'java.lang.Double' for property 'weight'; For input string: \"heavy\"]] "),
            ("enabled=junk", "'java.lang.Boolean' for property 'enabled'; Invalid boolean value [junk]]] "),
            ("ephemeral=junk", "'java.lang.Boolean' for property 'ephemeral'; Invalid boolean value [junk]]] "),
        ] {
            let answer = registry.v3("POST", "instance", parameter)
            let message = JSON(text: answer.body)?["message"]?.string ?? ""
            #expect(answer.status == 500 && message.hasSuffix(end), "\(message)")
            #expect(message.hasPrefix("Validation failed for argument [0] in public com.alibaba.nacos.api.model.v2."))
        }
    }

    @Test func `booleans are Spring's, and v1's name for enabled means nothing`() {
        var registry = Registry()
        registry.v3("POST", "instance", "enabled=1")
        registry.v3("POST", "instance", "port=81", "enabled=0")
        registry.v3("POST", "instance", "port=82", "enable=false")
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 1.0", "10.0.0.1:82 healthy 1.0"])
    }

    @Test func `a group in a name is part of the name`() {
        var registry = Registry()
        registry.v3("POST", "instance", "serviceName=G@@a")
        #expect(registry.hosts("groupName=G").isEmpty)
        #expect(registry.v3("GET", "instance/list", "serviceName=G@@a").body.contains("DEFAULT_GROUP@@G@@a"))
    }

    @Test func `a list without a cluster shows DEFAULT alone, unhealthy ones too`() {
        var registry = Registry()
        registry.v3("POST", "instance", "healthy=false")
        registry.v3("POST", "instance", "port=81", "clusterName=C1")
        func ports(_ answer: Answer) -> [Int?]? { JSON(text: answer.body)?["data"]?.array?.map { $0["port"]?.int } }
        #expect(ports(registry.v3("GET", "instance/list")) == [80])
        #expect(ports(registry.v3("GET", "instance/list", "clusterName=C1")) == [81])
        #expect(ports(registry.v3("GET", "instance/list", "clusterName=C1,DEFAULT")) == [80, 81])
    }

    @Test func `the two kinds don't mix, and a persistent instance knows no heartbeats`() {
        var registry = Registry()
        registry.v3("POST", "instance", "ephemeral=false")
        let words =
            "errCode: 400, errMsg: Current service DEFAULT_GROUP@@a is persistent service, can't register "
            + "ephemeral instance. "
        let answer = registry.v3("POST", "instance", "port=81")
        #expect(answer.status == 400 && answer.body == Self.refused(.serverError, words))
        #expect(registry.v3("POST", "instance", "heartBeat=true", "ephemeral=false").body == Self.notFound)
        #expect(registry.v3("DELETE").isApplied == false)
        #expect(registry.v3("DELETE", "instance", "ephemeral=false").isApplied)
    }

    @Test func `a wrong method is a 405, a wrong path a 404, in Spring's words`() {
        var registry = Registry()
        let wrong = registry.v3("PUT")
        #expect(wrong.status == 405 && wrong.body.contains(#""error":"Method Not Allowed""#))
        #expect(wrong.body.contains(#""message":"Method 'PUT' is not supported.""#))
        let unknown = registry.v3("PUT", "instance/beat")
        #expect(unknown.status == 404)
        #expect(unknown.body.contains(#""message":"No endpoint PUT /nacos/v3/client/ns/instance/beat.""#))
    }

    @Test func `one instance may speak both APIs, and only v1 gives identifiers`() {
        var registry = Registry()
        registry.v3("POST")
        #expect(registry.beat().code == 10200)
        let detail = registry.call("GET", "instance", "serviceName=a", "ip=10.0.0.1", "port=80")
        #expect(detail.body.contains(#""instanceId":null"#))
        #expect(registry.call("DELETE", "instance", "serviceName=a", "ip=10.0.0.1", "port=80").isApplied)
        registry.register()
        #expect(registry.v3("POST", "instance", "heartBeat=true").isApplied)
        #expect(registry.v3("GET", "instance/list").body.contains(#"{"instanceId":"10.0.0.1#80#DEFAULT#"#))
    }

    @Test func `v1 that is switched off is a 410 that names its successor`() {
        var registry = Registry(v1: .off)
        let gone = registry.call("PUT", "instance/beat")
        #expect(gone.status == 410)
        #expect(
            gone.body
                == #"{"timestamp":"2026-11-22T14:03:58.239+00:00","status":410,"error":"Gone","message":"{\"code\":"#
                + #"40000,\"message\":\"Current API will be deprecated, please use API(s) `POST ${contextPath:nacos}"#
                + #"/v3/client/ns/instance?heartBeat=true` instead, or set `nacos.core.api.compatibility.client."#
                + #"enabled=true` in application.properties.\"}","path":"/nacos/v1/ns/instance/beat"}"#)
        let server = registry.call("GET", "health/server")
        #expect(server.body.contains("deprecated, If wanted continue to use, please set `nacos.core.api."))
        #expect(registry.call("POST", "nosuch").status == 501)
        #expect(registry.v3("POST").body == Self.ok)
    }

    @Test func `v1 that is not there is a 404`() {
        var registry = Registry(v1: .removed)
        let answer = registry.register()
        #expect(answer.status == 404 && answer.body.contains("No endpoint POST /nacos/v1/ns/instance."))
        #expect(registry.v3("POST").body == Self.ok)
    }
}
