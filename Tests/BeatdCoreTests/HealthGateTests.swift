import Testing

@testable import BeatdCore

/// Every order of six things that can happen to one probe, against rules that read the whole history.
@Suite struct HealthGateTests {
    @Test func `only a look that repeats what was alive is no news`() {
        var gate = HealthGate(probes: [tcp9100])
        let target = tcp9100.target
        func look(_ outcome: Outcome, _ at: Int64) -> Look {
            let now = Instant(nanoseconds: at * 1_000_000_000)
            return Look(began: now, ended: now, outcome: outcome, reason: outcome == .alive ? nil : "no")
        }
        func isNews(_ outcome: Outcome, _ at: Int64) -> Bool { gate.take(look(outcome, at), of: target) }
        var news = [isNews(.alive, 1), isNews(.alive, 2)]
        #expect(news == [true, false])
        for (second, outcome) in [(Int64(10), Outcome.failing), (20, .gone), (30, .unknown)] {
            news = [isNews(outcome, second), isNews(.alive, second + 1), isNews(.alive, second + 2)]
            #expect(news == [true, outcome != .unknown, false])
        }
        gate.wake(target, at: Instant(nanoseconds: 40_000_000_000))
        // One that began before the wake, the first after it, and another.
        news = [isNews(.alive, 39), isNews(.alive, 41), isNews(.alive, 42)]
        #expect(news == [true, true, false])
    }

    enum Step: CaseIterable { case alive, failing, gone, unknown, oldAlive, wake, age }

    /// The rules of contract 3.1, 3.2 and promise P1, from all that happened.
    struct History {
        let spec: ProbeSpec
        var decisive: [Look] = []
        var lastWake: Instant?

        mutating func take(_ look: Look) {
            if look.outcome == .unknown { return }
            if look.outcome == .alive, let lastWake, look.began < lastWake { return }
            decisive.append(look)
        }

        private func run(endingAt index: Int) -> Int {
            decisive[...index].reversed().prefix { $0.outcome == decisive[index].outcome }.count
        }

        /// nil: unseen; else whether it passes.
        var passes: Bool? {
            for index in decisive.indices.reversed() {
                switch decisive[index].outcome {
                case .gone: return false
                case .failing: if run(endingAt: index) >= spec.fall { return false }
                case .alive: if run(endingAt: index) >= spec.rise { return true }
                case .unknown: break
                }
            }
            return nil
        }

        func mayBeat(at now: Instant) -> Bool {
            guard passes == true, let last = decisive.last, last.outcome == .alive else { return false }
            return now - last.began <= spec.freshness && lastWake.map { last.began >= $0 } ?? true
        }

        func word(at now: Instant) -> String {
            switch passes {
            case nil: "unseen"
            case .some(false): "down"
            case .some(true): mayBeat(at: now) ? "alive" : "suspect"
            }
        }
    }

    private func word(_ verdict: HealthGate.Verdict) -> String {
        switch verdict {
        case .unseen: "unseen"
        case .alive: "alive"
        case .suspect: "suspect"
        case .down: "down"
        }
    }

    private func take(_ step: Step, _ gate: inout HealthGate, _ history: inout History, _ now: inout Instant) {
        func look(_ outcome: Outcome, before: Duration = .zero) {
            let look = Look(began: now - before, ended: now, outcome: outcome)
            gate.take(look, of: history.spec.target)
            history.take(look)
        }
        now = now + .seconds(1)
        switch step {
        case .alive: look(.alive)
        case .failing: look(.failing)
        case .gone: look(.gone)
        case .unknown: look(.unknown)
        case .oldAlive: look(.alive, before: .milliseconds(1500))
        case .wake:
            gate.wake(history.spec.target, at: now)
            history.lastWake = now
        case .age: now = now + .seconds(2)
        }
    }

    @Test(arguments: [(1, 1), (1, 3), (2, 2), (3, 1)])
    func `in every order of looks, wakes and ages the gate says what the rules say`(_ rise: Int, _ fall: Int) {
        let spec = ProbeSpec(target: tcp9100.target, rise: rise, fall: fall)
        var choices = Choices()
        var cases = 0
        var wrong: [String] = []
        while choices.next(), wrong.isEmpty {
            cases += 1
            var gate = HealthGate(probes: [spec])
            var history = History(spec: spec)
            var now = Instant(nanoseconds: 1_000_000_000_000)
            var trace: [Step] = []
            for _ in 0..<5 {
                let step = choices.pick(Step.allCases)
                trace.append(step)
                take(step, &gate, &history, &now)
                let isRight =
                    gate.mayBeat(at: now) == history.mayBeat(at: now)
                    && word(gate.verdict(at: now)) == history.word(at: now)
                if !isRight { wrong.append("\(trace): \(gate.verdict(at: now)), not \(history.word(at: now))") }
            }
        }
        #expect(wrong == [])
        #expect(cases == 16_807)
    }

    @Test func `a look carries a beat until interval, time-out and a second have passed since it began`() {
        let began = Instant(nanoseconds: 1_000_000_000_000)
        var gate = HealthGate(probes: [tcp9100])
        gate.take(Look(began: began, ended: began + .seconds(1), outcome: .alive), of: tcp9100.target)
        #expect(gate.mayBeat(at: began + .seconds(4)))
        #expect(!gate.mayBeat(at: began + .seconds(4) + .nanoseconds(1)))
        #expect(gate.nextChange(after: began) == began + .seconds(4) + .nanoseconds(1))
        #expect(gate.staleTargets(at: began + .seconds(4)) == [])
        #expect(gate.staleTargets(at: began + .seconds(5)) == [tcp9100.target])
    }

    @Test func `all probes must be alive, and one that is down decides`() {
        let now = Instant(nanoseconds: 1_000_000_000_000)
        var gate = HealthGate(probes: [tcp9100, billingPidfile])
        gate.take(Look(began: now, ended: now, outcome: .alive), of: tcp9100.target)
        #expect(word(gate.verdict(at: now)) == "unseen")
        #expect(!gate.mayBeat(at: now))
        #expect(!gate.wereAliveOnce)
        gate.take(Look(began: now, ended: now, outcome: .alive), of: billingPidfile.target)
        #expect(gate.mayBeat(at: now))
        #expect(gate.wereAliveOnce)
        gate.take(Look(began: now, ended: now, outcome: .gone, reason: "ended"), of: billingPidfile.target)
        #expect(gate.verdict(at: now) == .down("ended"))
        #expect(!gate.mayBeat(at: now))
    }

    @Test func `after a restart one alive look is enough, a failing one undoes that`() {
        let spec = ProbeSpec(target: tcp9100.target, rise: 3)
        let now = Instant(nanoseconds: 1_000_000_000_000)
        var gate = HealthGate(probes: [spec], wasUp: true)
        gate.take(Look(began: now, ended: now, outcome: .alive), of: spec.target)
        #expect(gate.mayBeat(at: now))
        gate = HealthGate(probes: [spec], wasUp: true)
        gate.take(Look(began: now, ended: now, outcome: .failing), of: spec.target)
        gate.take(Look(began: now, ended: now, outcome: .alive), of: spec.target)
        #expect(!gate.mayBeat(at: now))
    }
}
