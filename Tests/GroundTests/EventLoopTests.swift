import Linux
import Systemd
import Testing

@Suite struct EventLoopTests {
    @Test func `a timer fires once, at its time and not before`() throws {
        let loop = try EventLoop()
        let due = Clocks.boot() + 20_000_000
        var fired: [Int64] = []
        let timer = try loop.timer { fired.append(Clocks.boot()) }
        timer.arm(at: due)
        while fired.isEmpty { try loop.turn(timeout: .seconds(5)) }
        try loop.turn(timeout: .milliseconds(30))
        #expect(fired.count == 1)
        #expect(fired[0] >= due)
        timer.disarm()
    }

    @Test func `a source that ends itself in its own callback is never called again`() throws {
        final class Holder { var source: EventSource? }
        let loop = try EventLoop()
        let holder = Holder()
        var calls = 0
        holder.source = try loop.deferred {
            calls += 1
            holder.source = nil
        }
        holder.source?.arm()
        try loop.turn(timeout: .seconds(1))
        try loop.turn(timeout: .milliseconds(10))
        #expect(calls == 1)
    }

    @Test func `a descriptor that is ready is reported, with death before work`() throws {
        let loop = try EventLoop()
        let first = try Epoll()
        let address = try #require(SocketAddress("127.0.0.1", port: 0))
        let listener = try Sockets.listen(on: address)
        let name = Sockets.name(of: listener)
        let bound = try #require(name)
        var order: [String] = []
        let work = try loop.watch(listener.number, for: .read) { _ in order.append("work") }
        let exits = try loop.watch(first.number, for: .read, priority: .exits) { _ in
            order.append("exit")
            _ = first.ready()
        }
        let process = try ProcessHandle(Accounts.pid)
        let hasExited = process.hasExited
        #expect(!hasExited)
        try first.add(listener.number, key: 7)
        let client = try Sockets.connect(to: bound)
        while order.count < 2 { try loop.turn(timeout: .seconds(5)) }
        #expect(order == ["exit", "work"])
        let error = Sockets.error(of: client)
        #expect(error == nil)
        work.watch(for: [])
        exits.watch(for: [])
    }
}
