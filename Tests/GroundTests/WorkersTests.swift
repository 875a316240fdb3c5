import Linux
import Synchronization
import Systemd
import TestSupport
import Testing

@Suite struct WorkersTests {
    private let loop: EventLoop
    private let workers: Workers

    init() throws {
        loop = try EventLoop()
        workers = try Workers(loop: loop)
    }

    private static let long = Duration.seconds(60)
    private static let short = Duration.milliseconds(60)

    private static func mount(_ name: String) -> Lane {
        Lane(.file, key: name, subject: "the file system of /mnt/\(name)")
    }

    private static func own(_ name: String) -> Lane { Lane(.own, key: name, subject: name) }

    /// Gives the lane a job that hangs at the gate, and waits until it does: the loop's clock for it begins then.
    private func hang(_ name: String, at gate: Gate, _ number: Int, then: Collected) throws {
        let begun = Counter()
        workers.submit(
            in: Self.mount(name), limit: Self.short,
            {
                begun.enter()
                gate.wait()
                return number
            }, then: then.take)
        try eventually { begun.most == 1 }
    }

    @Test func `a job that takes its time holds nothing up`() throws {
        let gate = try Gate()
        var result: String?
        workers.submit(
            in: Self.own("state"), limit: Self.long,
            {
                gate.wait()
                return "through"
            },
            then: { answer in
                if case .value(let value) = answer { result = value }
            })
        var ticks = 0
        let timer = try loop.timer { ticks += 1 }
        timer.arm(at: Clocks.boot())
        try turn(loop) { ticks == 1 }
        #expect(result == nil)
        gate.open()
        try turn(loop) { result == "through" }
        timer.disarm()
    }

    @Test func `jobs of one lane run one after the other, in order`() throws {
        let atOnce = Counter()
        let done = Collected()
        for number in 0..<500 {
            workers.submit(
                in: Self.mount("a"), limit: Self.long,
                {
                    atOnce.enter()
                    defer { atOnce.leave() }
                    return number
                }, then: done.take)
        }
        try turn(loop) { done.values.count == 500 }
        #expect(done.values == Array(0..<500))
        #expect(atOnce.most == 1)
    }

    @Test func `a job may ask for the next from where its value arrives`() throws {
        var values: [Int] = []
        func next(_ number: Int) {
            workers.submit(
                in: Self.own("state"), limit: Self.long, { number + 1 },
                then: { answer in
                    guard case .value(let value) = answer else { return }
                    values.append(value)
                    if value < 5 { next(value) }
                })
        }
        next(0)
        try turn(loop) { values.count == 5 }
        #expect(values == [1, 2, 3, 4, 5])
    }

    @Test func `a mount that hangs holds up no other, and what was done before it is told`() throws {
        let gate = try Gate()
        let hung = Collected()
        let others = Collected()
        workers.submit(in: Self.mount("x"), limit: Self.long, { 1 }, then: hung.take)
        workers.submit(
            in: Self.mount("x"), limit: Self.long,
            {
                gate.wait()
                return 2
            }, then: hung.take)
        workers.submit(in: Self.mount("x"), limit: Self.long, { 3 }, then: hung.take)
        for number in 0..<100 {
            workers.submit(in: Self.mount("y"), limit: Self.long, { number }, then: others.take)
        }
        try turn(loop) { others.values.count == 100 && hung.values == [1] }
        #expect(hung.silences.isEmpty)
        gate.open()
        try turn(loop) { hung.values == [1, 2, 3] }
    }

    @Test func `past its limit a job is silence, once, and what waits behind it too`() throws {
        let gate = try Gate()
        let hung = Collected()
        try hang("x", at: gate, 1, then: hung)
        workers.submit(in: Self.mount("x"), limit: Self.short, { 2 }, then: hung.take)
        try turn(loop) { hung.silences.count == 1 && hung.givenUp.count == 1 }
        let since = try #require(hung.silences.first?.since)
        #expect(hung.silences == hung.givenUp)
        #expect(
            hung.silences[0].sentence(at: since + 4_200_000_000)
                == "no answer from the file system of /mnt/x for 4 s")
        #expect(
            hung.silences[0].sentence(at: since + 60_000_000)
                == "no answer from the file system of /mnt/x for 60 ms")
        #expect(workers.hanging == [hung.silences[0]])
        // The one that had begun gives its value late; the other was given up.
        gate.open()
        try turn(loop) { hung.late == [1] && workers.isIdle }
        #expect(hung.values.isEmpty)
        #expect(hung.silences.count == 1 && hung.givenUp.count == 1)
        #expect(workers.hanging.isEmpty)
    }

    @Test func `what is asked for from where a silence is told has a limit of its own`() throws {
        let gate = try Gate()
        var told: [String] = []
        workers.submit(
            in: Self.mount("x"), limit: Self.short, { gate.wait() },
            then: { [workers] answer in
                guard case .silence = answer else { return }
                told.append("x")
                workers.submit(
                    in: Self.mount("y"), limit: Self.short, { gate.wait() },
                    then: { if case .late = $0 {} else { told.append("y") } })
            })
        try turn(loop) { told == ["x", "y"] }
        for _ in 0..<2 { gate.open() }
        try turn(loop) { workers.isIdle }
    }

    @Test func `a lane that hangs is not asked again until what hangs returned`() throws {
        let gate = try Gate()
        let hung = Collected()
        let asked = Counter()
        try hang("x", at: gate, 1, then: hung)
        try turn(loop) { hung.silences.count == 1 }
        for _ in 0..<5 {
            workers.submit(
                in: Self.mount("x"), limit: Self.long,
                {
                    asked.enter()
                    return 2
                }, then: hung.take)
        }
        #expect(hung.givenUp.isEmpty, "never from inside submit")
        try turn(loop) { hung.givenUp.count == 5 }
        gate.open()
        try turn(loop) { hung.late == [1] }
        #expect(workers.silence(of: Self.mount("x")) == nil)
        #expect(asked.most == 0)
        workers.submit(in: Self.mount("x"), limit: Self.long, { 9 }, then: hung.take)
        try turn(loop) { hung.values == [9] }
    }

    @Test func `hung mounts leave threads for our own work, and a mount without one says so`() throws {
        let gate = try Gate()
        let hung = Collected()
        let most = Lane.Kind.file.mostThreads
        for number in 0..<most { try hang("\(number)", at: gate, 0, then: hung) }
        try turn(loop) { hung.silences.count == most }
        let last = Collected()
        workers.submit(in: Self.mount("last"), limit: Self.short, { 1 }, then: last.take)
        let own = Collected()
        workers.submit(in: Self.own("state"), limit: Self.long, { 7 }, then: own.take)
        try turn(loop) { own.values == [7] && last.givenUp.count == 1 }
        #expect(
            last.givenUp[0].sentence(at: 0)
                == "no thread is free to ask the file system of /mnt/last: all of them wait for others")
        for _ in 0..<most { gate.open() }
        workers.submit(in: Self.mount("last"), limit: Self.long, { 2 }, then: last.take)
        try turn(loop) { last.values == [2] && hung.late.count == most }
    }

    @Test func `all kinds together have the threads that there are`() {
        #expect(Workers.mostThreads == 16)
        #expect(Lane.Kind.allCases.allSatisfy { $0.mostThreads > 0 })
    }

    @Test func `workers that are let go of wait for nobody, and tell nobody`() throws {
        let gate = try Gate()
        let told = Collected()
        var workers: Workers? = try Workers(loop: loop)
        let lane = Self.mount("x")
        workers?.submit(
            in: lane, limit: Self.long,
            {
                gate.wait()
                return 1
            }, then: told.take)
        workers = nil
        gate.open()
        try turn(loop, for: .milliseconds(20))
        #expect(told.values.isEmpty && told.late.isEmpty && told.silences.isEmpty)
    }

    private final class Counter: Sendable {
        private let value = Atomic(0)
        private let highest = Atomic(0)

        var most: Int { highest.load(ordering: .relaxed) }

        func enter() { highest.max(value.add(1, ordering: .relaxed).newValue, ordering: .relaxed) }
        func leave() { value.subtract(1, ordering: .relaxed) }
    }

    /// What came of jobs that give numbers.
    private final class Collected {
        private(set) var values: [Int] = []
        private(set) var late: [Int] = []
        private(set) var silences: [Silence] = []
        private(set) var givenUp: [Silence] = []

        func take(_ answer: Answer<Int>) {
            switch answer {
            case .value(let value): values.append(value)
            case .late(let value): late.append(value)
            case .silence(let silence): silences.append(silence)
            case .givenUp(let silence): givenUp.append(silence)
            }
        }
    }
}
