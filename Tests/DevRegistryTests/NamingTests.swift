import Testing

@testable import DevRegistry

struct NamingTests {
    @Test func `an instance has no cluster in its identity: the second registration replaces the first`() {
        var registry = Registry()
        registry.register()
        registry.register("clusterName=c2", "weight=3")
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 3.0"])
        #expect(registry.hosts("clusters=DEFAULT").isEmpty)
        registry.call("DELETE", "instance", "serviceName=a", "ip=10.0.0.1", "port=80")
        #expect(registry.hosts().isEmpty)
    }

    @Test func `a group in the name wins over the parameter`() {
        var registry = Registry()
        registry.register("serviceName=G1@@a", "groupName=G2")
        #expect(registry.hosts("groupName=G1") == ["10.0.0.1:80 healthy 1.0"])
        #expect(registry.hosts("groupName=G2").isEmpty)
        #expect(registry.hosts().isEmpty)
    }

    @Test func `namespaces are apart`() {
        var registry = Registry()
        registry.register("namespaceId=n1")
        #expect(registry.hosts().isEmpty)
        #expect(registry.hosts("namespaceId=n1").count == 1)
    }

    @Test func `disabled instances are left out of lists, not out of details`() {
        var registry = Registry()
        registry.register("enabled=1")
        #expect(registry.hosts().isEmpty)
        #expect(registry.call("GET", "instance", "serviceName=a", "ip=10.0.0.1", "port=80").status == 200)
        registry.register("enable=false")
        #expect(registry.hosts().isEmpty)
        registry.register("enabled=YES")
        #expect(registry.hosts().count == 1)
    }

    @Test func `a goodbye with the wrong kind says ok and does nothing`() {
        var registry = Registry()
        registry.register()
        let wrong = registry.call("DELETE", "instance", "serviceName=a", "ip=10.0.0.1", "port=80", "ephemeral=false")
        #expect(wrong.body == "ok" && !wrong.isApplied)
        #expect(registry.hosts().count == 1)
        let right = registry.call("DELETE", "instance", "serviceName=a", "ip=10.0.0.1", "port=80")
        #expect(right.body == "ok" && right.isApplied)
        let again = registry.call("DELETE", "instance", "serviceName=a", "ip=10.0.0.1", "port=80")
        #expect(again.body == "ok" && !again.isApplied)
    }

    @Test func `an operator's edit wins over registrations, and metadata is merged`() {
        var registry = Registry()
        registry.register("metadata=a=1", "weight=3")
        registry.call("PUT", "instance", "serviceName=a", "ip=10.0.0.1", "port=80", "weight=4", "metadata=b=2")
        registry.register("metadata=a=1", "weight=1")
        let detail = registry.call("GET", "instance", "serviceName=a", "ip=10.0.0.1", "port=80")
        #expect(detail.body.contains(#""weight":4.0"#))
        #expect(detail.body.contains(#""metadata":{"a":"1","b":"2"}"#))
    }

    @Test func `details and patches of unknown instances are 404`() {
        var registry = Registry()
        registry.register()
        let nobody = registry.call("GET", "instance", "serviceName=a", "ip=10.0.0.9", "port=80")
        #expect(nobody.status == 404 && nobody.body == "no matched ip found!")
        let nowhere = registry.call("GET", "instance", "serviceName=b", "ip=10.0.0.9", "port=80")
        #expect(nowhere.body == "no ips found for cluster DEFAULT in service DEFAULT_GROUP@@b")
        #expect(registry.call("PATCH", "instance", "serviceName=a", "ip=10.0.0.9", "port=80", "weight=2").status == 404)
    }

    @Test func `a service made by itself is persistent`() {
        var registry = Registry()
        #expect(registry.call("POST", "service", "serviceName=a", "protectThreshold=0.5").body == "ok")
        #expect(registry.register().body.contains("is persistent service"))
        #expect(registry.call("POST", "service", "serviceName=a").status == 400)
        #expect(registry.call("GET", "service", "serviceName=a").body.contains(#""protectThreshold":0.5"#))
        let names = registry.call("GET", "service/list", "pageNo=1", "pageSize=10")
        #expect(names.body == #"{"count":1,"doms":["a"]}"#)
        #expect(registry.call("DELETE", "service", "serviceName=a").body == "ok")
    }

    @Test func `a list says everything that 2.5.0 says`() {
        var registry = Registry()
        registry.register("metadata={\"v\":1,\"x\":null}")
        let host =
            #"{"instanceId":"10.0.0.1#80#DEFAULT#DEFAULT_GROUP@@a","ip":"10.0.0.1","port":80,"weight":1.0,"#
            + #""healthy":true,"enabled":true,"ephemeral":true,"clusterName":"DEFAULT","#
            + #""serviceName":"DEFAULT_GROUP@@a","metadata":{"v":"1","x":null},"instanceHeartBeatInterval":5000,"#
            + #""instanceHeartBeatTimeOut":15000,"ipDeleteTimeout":30000}"#
        #expect(
            registry.call("GET", "instance/list", "serviceName=a").body
                == #"{"name":"DEFAULT_GROUP@@a","groupName":"DEFAULT_GROUP","clusters":"","cacheMillis":10000,"#
                + #""hosts":[\#(host)],"lastRefTime":1795356238239,"checksum":"","allIPs":false,"#
                + #""reachProtectionThreshold":false,"valid":true}"#)
    }

    @Test func `the context path can be the root`() {
        var registry = Registry(contextPath: "")
        #expect(registry.register().body == "ok")
    }
}
