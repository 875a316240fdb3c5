import Testing

@testable import DevRegistry

struct BeatTests {
    private static let full =
        "beat={\"port\":80,\"ip\":\"10.0.0.1\",\"weight\":2.5,\"serviceName\":\"DEFAULT_GROUP@@a\","
        + "\"cluster\":\"c1\",\"metadata\":{\"v\":\"1\"},\"scheduled\":false,\"period\":5000,\"stopped\":false}"

    @Test func `answers as Nacos writes them`() {
        var registry = Registry()
        registry.register()
        #expect(registry.beat().body == #"{"clientBeatInterval":5000,"code":10200,"lightBeatEnabled":true}"#)
        let unknown = registry.call("PUT", "instance/beat", "serviceName=b", "ip=10.0.0.1", "port=80")
        #expect(unknown.body == #"{"clientBeatInterval":5000,"code":20404,"lightBeatEnabled":true}"#)
        #expect(unknown.status == 200 && !unknown.isApplied)
    }

    @Test func `a full beat of an unknown instance makes it`() {
        var registry = Registry()
        #expect(registry.call("PUT", "instance/beat", "serviceName=a", Self.full).code == 10200)
        #expect(registry.hosts("clusters=c1") == ["10.0.0.1:80 healthy 2.5"])
    }

    @Test func `a full beat without weight and cluster takes 0 and the parameter`() {
        var registry = Registry()
        let thin = "beat={\"ip\":\"10.0.0.1\",\"port\":80,\"serviceName\":\"DEFAULT_GROUP@@a\"}"
        registry.call("PUT", "instance/beat", "serviceName=a", "clusterName=c2", thin)
        #expect(registry.hosts("clusters=c2") == ["10.0.0.1:80 healthy 0.0"])
    }

    @Test func `a full beat changes neither weight nor metadata`() {
        var registry = Registry()
        registry.register("weight=7")
        registry.call("PUT", "instance/beat", "serviceName=a", Self.full)
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 7.0"])
    }

    @Test(arguments: ["", ",\"serviceName\":\"a\"", ",\"serviceName\":\"DEFAULT_GROUP@@b\""])
    func `the name inside the JSON decides who is refreshed, the parameter what is answered`(name: String) {
        var registry = Registry()
        registry.register("groupName=G1")
        registry.pass(.seconds(10))
        let beat = "beat={\"ip\":\"10.0.0.1\",\"port\":80\(name)}"
        let answer = registry.call("PUT", "instance/beat", "serviceName=G1@@a", beat)
        #expect(answer.code == 10200 && !answer.isApplied)
        registry.pass(.seconds(6))
        #expect(registry.hosts("groupName=G1") == ["10.0.0.1:80 unhealthy 1.0"])
    }

    @Test func `the interval comes from metadata, then from the switch; a word is 0`() {
        var registry = Registry()
        registry.register("metadata=preserved.heart.beat.interval=3000")
        #expect(registry.beat().body.hasPrefix(#"{"clientBeatInterval":3000,"#))
        registry.register("metadata=preserved.heart.beat.interval=5s")
        #expect(registry.beat().body.hasPrefix(#"{"clientBeatInterval":0,"#))
        registry.register()
        registry.call("PUT", "operator/switches", "entry=clientBeatInterval", "value=7000")
        #expect(registry.beat().body.hasPrefix(#"{"clientBeatInterval":7000,"#))
    }

    @Test func `a beat that is no JSON is a 500 in Spring's envelope`() {
        var registry = Registry()
        let answer = registry.call("PUT", "instance/beat", "serviceName=a", "ip=1.1.1.1", "port=1", "beat=hello")
        #expect(answer.status == 500 && answer.type == "application/json")
        #expect(JSON(text: answer.body)?["message"]?.string?.contains("Unrecognized token 'hello'") == true)
    }

    @Test func `a full beat of a persistent instance is refused, a light one is unknown`() {
        var registry = Registry()
        registry.register("ephemeral=false")
        #expect(registry.beat().code == 20404)
        let answer = registry.call("PUT", "instance/beat", "serviceName=a", Self.full)
        #expect(answer.status == 400 && answer.body.contains("is persistent service"))
    }
}
