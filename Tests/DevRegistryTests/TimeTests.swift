import Testing

@testable import DevRegistry

struct TimeTests {
    @Test func `a silent instance is healthy at 15 s and unhealthy just after`() {
        var registry = Registry()
        registry.register()
        registry.pass(.seconds(15))
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 1.0"])
        registry.pass(.nanoseconds(1))
        #expect(registry.hosts() == ["10.0.0.1:80 unhealthy 1.0"])
    }

    @Test func `a silent instance is there at 30 s and gone just after`() {
        var registry = Registry()
        registry.register()
        registry.pass(.seconds(30))
        #expect(registry.hosts() == ["10.0.0.1:80 unhealthy 1.0"])
        registry.pass(.nanoseconds(1))
        #expect(registry.hosts().isEmpty)
        #expect(registry.beat().code == 20404)
    }

    @Test func `beats keep an instance alive`() {
        var registry = Registry()
        registry.register()
        for _ in 0..<20 {
            registry.pass(.seconds(14))
            #expect(registry.beat().code == 10200)
        }
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 1.0"])
    }

    @Test func `a beat makes an unhealthy instance healthy at once, and its clock begins anew`() {
        var registry = Registry()
        registry.register()
        registry.pass(.seconds(29))
        registry.beat()
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 1.0"])
        registry.pass(.seconds(15) + .nanoseconds(1))
        #expect(registry.hosts() == ["10.0.0.1:80 unhealthy 1.0"])
    }

    @Test func `an instance lives by its own timeouts, an edit wins over them`() {
        var registry = Registry()
        let own = "metadata={\"preserved.heart.beat.interval\":\"500\",\"preserved.heart.beat.timeout\":\"1000\","
        registry.register(own + "\"preserved.ip.delete.timeout\":\"2000\"}")
        registry.pass(.milliseconds(1500))
        #expect(registry.hosts() == ["10.0.0.1:80 unhealthy 1.0"])
        let edit = "metadata=preserved.heart.beat.timeout=9000,preserved.ip.delete.timeout=9000"
        registry.beat()
        registry.call("PUT", "instance", "serviceName=a", "ip=10.0.0.1", "port=80", edit)
        registry.pass(.seconds(8))
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 1.0"])
    }

    @Test func `a delete timeout below the heartbeat timeout goes straight from healthy to gone`() {
        var registry = Registry()
        registry.register(
            "metadata=preserved.heart.beat.interval=1000,preserved.heart.beat.timeout=9000,"
                + "preserved.ip.delete.timeout=3000")
        registry.pass(.seconds(3))
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 1.0"])
        registry.pass(.milliseconds(1))
        #expect(registry.hosts().isEmpty)
    }

    @Test func `a persistent instance never lapses`() {
        var registry = Registry()
        registry.register("ephemeral=false")
        registry.pass(.seconds(3600))
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 1.0"])
    }

    @Test func `an empty service goes after 60 s`() {
        var registry = Registry()
        registry.register()
        registry.call("DELETE", "instance", "serviceName=a", "ip=10.0.0.1", "port=80")
        registry.pass(.seconds(59))
        #expect(registry.call("GET", "service", "serviceName=a").status == 200)
        registry.pass(.seconds(1))
        #expect(registry.call("GET", "service", "serviceName=a").status == 400)
    }

    @Test func `an edit outlives its instance by 60 s`() {
        var registry = Registry()
        registry.register()
        registry.register("port=81")
        registry.call("PUT", "instance", "serviceName=a", "ip=10.0.0.1", "port=80", "weight=4")
        for (pause, weight) in [(59, "4.0"), (61, "1.0")] {
            registry.call("DELETE", "instance", "serviceName=a", "ip=10.0.0.1", "port=80")
            registry.pass(.seconds(pause))
            registry.register()
            #expect(registry.hosts().contains("10.0.0.1:80 healthy \(weight)"))
        }
    }

    @Test func `it forgets all that is ephemeral, again and again, and nothing that is persistent`() {
        var registry = Registry(Timing(forgetsEvery: .seconds(10)))
        registry.register()
        registry.register("serviceName=kept", "ephemeral=false")
        for _ in 0..<3 {
            registry.pass(.seconds(10) - .nanoseconds(1))
            #expect(registry.beat().code == 10200)
            registry.pass(.nanoseconds(1))
            #expect(registry.beat().code == 20404)
            #expect(registry.hosts().isEmpty)
            #expect(registry.hosts("serviceName=kept").count == 1)
            registry.register()
        }
        registry.pass(.seconds(25))
        #expect(registry.v3("POST", "instance", "heartBeat=true").code == 21003)
        registry.register()
        registry.pass(.seconds(5) - .nanoseconds(1))
        #expect(registry.hosts().count == 1)
    }

    @Test func `like a real one, only the first registration shows at once`() {
        var registry = Registry(.likeNacos)
        registry.register()
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 1.0"])
        registry.pass(.seconds(2))
        registry.register("port=81")
        registry.pass(.milliseconds(599))
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 1.0"])
        registry.pass(.milliseconds(1))
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 1.0", "10.0.0.1:81 healthy 1.0"])
    }

    @Test func `like a real one, silence is noticed in rounds of 5 s from the registration`() {
        var registry = Registry(.likeNacos)
        registry.register()
        registry.pass(.seconds(2))
        registry.beat()
        registry.pass(.milliseconds(18_599))  // the round at 20 s is the first that sees more than 15 s; lists lag
        #expect(registry.hosts() == ["10.0.0.1:80 healthy 1.0"])
        registry.pass(.milliseconds(1))
        #expect(registry.hosts() == ["10.0.0.1:80 unhealthy 1.0"])
        registry.pass(.milliseconds(14_999))
        #expect(registry.hosts() == ["10.0.0.1:80 unhealthy 1.0"])
        registry.pass(.milliseconds(1))
        #expect(registry.hosts().isEmpty)
    }
}
