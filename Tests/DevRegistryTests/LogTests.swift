import Testing

@testable import DevRegistry

struct LogTests {
    @Test func `a line says who asked what, and what came of it`() {
        var registry = Registry()
        registry.register()
        let call = Call(
            method: "PUT", path: "/nacos/v1/ns/instance/beat",
            parameters: Parameters([("serviceName", "a"), ("ip", "10.0.0.1"), ("port", "80")]))
        var log = RequestLog()
        let answer = registry.routes.answer(call, at: registry.now)
        #expect(
            log.add(call, answer, connection: 7, at: registry.now)
                == #"{"at":"2026-11-22T14:03:58.239000Z","boot":1000000000,"connection":7,"request":1,"method":"PUT","#
                + #""path":"/nacos/v1/ns/instance/beat","parameters":{"serviceName":"a","ip":"10.0.0.1","port":"80"},"#
                + #""status":200,"code":10200,"applied":true}"#)
    }

    @Test func `those after a number are given back, and only the last ones are kept`() {
        let call = Call(method: "GET", path: "/", parameters: Parameters())
        let now = Registry().now
        var log = RequestLog()
        for _ in 0..<RequestLog.limit + 5 { _ = log.add(call, .ok(false), connection: 1, at: now) }
        let all = log.lines(since: 0)
        #expect(all.count == RequestLog.limit)
        #expect(all.first?.contains("\"request\":6,") == true)
        #expect(
            log.lines(since: RequestLog.limit + 4).map { $0.contains("\"request\":\(RequestLog.limit + 5),") } == [true]
        )
        #expect(log.lines(since: 1 << 40).isEmpty)
    }
}
