import Linux
import Synchronization
import Systemd
import TestSupport
import Testing

@Suite struct WorkerTests {
    private let loop: EventLoop

    init() throws { loop = try EventLoop() }

    @Test func `a job that takes its time holds nothing up`() throws {
        let worker = try Worker(loop: loop)
        let gate = Gate()
        var result: String?
        worker.submit({ gate.wait() }, then: { result = $0 })
        var ticks = 0
        let timer = try loop.timer { ticks += 1 }
        timer.arm(at: Clocks.boot())
        try turn(loop) { ticks == 1 }
        #expect(result == nil)
        gate.open()
        try turn(loop) { result != nil }
        #expect(result == "through the gate")
        worker.stop()
    }

    @Test func `a job may ask for the next from where its value arrives`() throws {
        let worker = try Worker(loop: loop)
        var values: [Int] = []
        func next(_ number: Int) {
            worker.submit(
                { number + 1 },
                then: { value in
                    values.append(value)
                    if value < 5 { next(value) }
                })
        }
        next(0)
        try turn(loop) { values.count == 5 }
        #expect(values == [1, 2, 3, 4, 5])
        worker.stop()
    }

    @Test func `after its stop a job is done, but nobody is told`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("state")
        let worker = try Worker(loop: loop)
        var told = 0
        for number in 0..<10 {
            worker.submit({ (try? Files.write(Array("\(number)".utf8), to: path)) != nil }, then: { _ in told += 1 })
        }
        worker.stop()
        let file = try Files.open(path)
        #expect(try Files.read(file, limit: 10) == Array("9".utf8))
        worker.submit({ true }, then: { _ in told += 1 })
        worker.stop()
        try turn(loop, for: .milliseconds(20))
        #expect(told == 0)
    }

    @Test func `a worker that is let go of ends its thread by itself`() throws {
        let gate = Gate()
        var worker: Worker? = try Worker(loop: loop)
        var told = 0
        worker?.submit({ gate.wait() }, then: { _ in told += 1 })
        worker = nil
        gate.open()
        try turn(loop, for: .milliseconds(20))
        #expect(told == 0)
    }

    /// Where a job waits until the test lets it go on.
    private final class Gate: Sendable {
        private let isOpen = Atomic(false)

        func open() { isOpen.store(true, ordering: .releasing) }

        func wait() -> String {
            while !isOpen.load(ordering: .acquiring) {}
            return "through the gate"
        }
    }
}
