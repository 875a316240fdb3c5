import Testing

@testable import BeatdCore

/// Every order of up to six things that can happen to one lease, against a registry that applies late.
@Suite struct LeaseTests {
    enum Step: CaseIterable { case want, unwant, moveCluster, accept, deny, refuse, blur, lose, unsent }

    /// A server of the 2.x kind, with the writes that got no answer still on their way.
    struct Server {
        var holds: Instance?
        /// When the write in flight left.
        var sentAt = Instant(nanoseconds: 0)
        var late: [(kind: WriteOrder.Kind, instance: Instance, until: Instant)] = []

        /// What was lost is applied at the last moment it can be: within twice the time limit of its leaving.
        mutating func pass(to now: Instant) {
            while let first = late.first, first.until <= now {
                late.removeFirst()
                apply(first.kind, first.instance)
            }
        }

        mutating func apply(_ kind: WriteOrder.Kind, _ instance: Instance) {
            switch kind {
            case .register: holds = instance
            case .deregister: holds = nil
            case .beat(let light, _): if !light, holds == nil { holds = instance }
            case .inquire: break
            }
        }
    }

    private let plain = descriptor().instance(at: "10.0.3.7")
    private let blue = descriptor(cluster: "blue").instance(at: "10.0.3.7")
    private let timeout = Duration.seconds(3)

    private func write(_ lease: inout Lease, _ number: UInt64, at now: Instant) -> (WriteOrder.Kind, Instance)? {
        guard let due = lease.due(at: now) else { return nil }
        return lease.send(WriteID(number: number), due.kind, lightBeats: false, within: timeout, at: now)
    }

    @Test func `in every order of events a lease that nobody wants ends empty, and so does the server`() {
        var choices = Choices()
        var cases = 0
        while choices.next() {
            cases += 1
            var lease = Lease(plain, timing: BeatTiming(), name: "billing", owner: nil, timeout: timeout)
            var server = Server()
            var chance = Chance(seed: 7)
            var now = Instant(nanoseconds: 1_000_000_000_000)
            var number: UInt64 = 0
            var flying: (WriteOrder.Kind, Instance)?
            var trace: [String] = []
            lease.want(plain, timing: BeatTiming(), at: now)
            for _ in 0..<5 {
                now = now + .seconds(1)
                server.pass(to: now)
                if flying == nil, let due = lease.due(at: now) {
                    now = max(now, due.at)
                    server.pass(to: now)
                    number += 1
                    flying = write(&lease, number, at: now)
                    server.sentAt = now
                }
                #expect((flying != nil) == (lease.isInFlight != nil))
                let step = choices.pick(Array(Step.allCases))
                trace.append("\(flying.map { "\($0.0)" } ?? "-") \(step)")
                take(step, &lease, &server, &flying, at: now, &chance)
            }
            end(&lease, &server, &flying, at: now, &chance)
            #expect(server.holds == nil, "\(trace)")
        }
        #expect(cases > 1000)
    }

    private func take(
        _ step: Step, _ lease: inout Lease, _ server: inout Server, _ flying: inout (WriteOrder.Kind, Instance)?,
        at now: Instant, _ chance: inout Chance
    ) {
        switch step {
        case .want: lease.want(plain, timing: BeatTiming(), at: now)
        case .unwant: lease.want(nil, timing: BeatTiming(), at: now)
        case .moveCluster: lease.want(blue, timing: BeatTiming(), at: now)
        case .accept, .deny, .refuse, .blur, .lose, .unsent:
            guard let write = flying else { return }
            flying = nil
            switch step {
            case .accept:
                server.apply(write.0, write.1)
                lease.replied(.accepted(intervalMilliseconds: 5000, lightBeats: false), at: now, &chance)
            case .deny:
                guard write.0 != .register else {
                    lease.replied(.refused(status: 403, text: ""), at: now, &chance)
                    return
                }
                server.holds = nil
                lease.replied(.notFound, at: now, &chance)
            case .refuse: lease.replied(.refused(status: 400, text: ""), at: now, &chance)
            case .blur:
                // Applied, but what came back is a page of somebody between us.
                server.apply(write.0, write.1)
                lease.replied(.refused(status: 200, text: "<html>"), at: now, &chance)
            case .lose:
                server.late.append((write.0, write.1, server.sentAt + timeout * 2))
                lease.replied(.noAnswer(""), at: now, &chance)
            case .unsent: lease.replied(.notSent(""), at: now, &chance)
            case .want, .unwant, .moveCluster: return
            }
        }
    }

    /// Nobody wants it any more and the registry answers again: what was lost is applied at the worst moment.
    private func end(
        _ lease: inout Lease, _ server: inout Server, _ flying: inout (WriteOrder.Kind, Instance)?, at start: Instant,
        _ chance: inout Chance
    ) {
        var now = start
        lease.want(nil, timing: BeatTiming(), at: now)
        var goodbyes = 0
        for turn in 0..<12 {
            if let write = flying {
                flying = nil
                server.apply(write.0, write.1)
                lease.replied(.accepted(intervalMilliseconds: 5000, lightBeats: false), at: now, &chance)
            }
            guard let due = lease.due(at: now) else { break }
            now = max(now, due.at)
            server.pass(to: now)
            flying = write(&lease, UInt64(100 + turn), at: now)
            if flying?.0 == .deregister {
                goodbyes += 1
            } else {
                Issue.record("a write that is no goodbye left for nobody")
            }
        }
        server.pass(to: .never)
        #expect(lease.state == .empty)
        #expect(goodbyes <= 3)
    }

    @Test
    func `a goodbye that left before an old registration could still come is said again, however late its answer`() {
        let start = Instant(nanoseconds: 1_000_000_000_000)
        var lease = Lease(plain, timing: BeatTiming(), name: "billing", owner: nil, timeout: timeout)
        var chance = Chance(seed: 7)
        lease.want(plain, timing: BeatTiming(), at: start)
        #expect(write(&lease, 1, at: start)?.0 == .register)
        lease.replied(.noAnswer(""), at: start + .seconds(3), &chance)
        lease.want(nil, timing: BeatTiming(), at: start + .seconds(5))
        #expect(write(&lease, 2, at: start + .seconds(5))?.0 == .deregister)
        // The registration may be applied until 6 s after it left: in between.
        let answered = start + .seconds(7)
        lease.replied(.accepted(intervalMilliseconds: nil, lightBeats: nil), at: answered, &chance)
        #expect(write(&lease, 3, at: answered)?.0 == .deregister)
    }

    @Test func `a beat that left early does not fall due a second time`() {
        var lease = Lease(plain, timing: BeatTiming(), name: "billing", owner: nil, timeout: timeout)
        var chance = Chance(seed: 1)
        var now = Instant(nanoseconds: 1_000_000_000_000)
        lease.want(plain, timing: BeatTiming(), at: now)
        _ = write(&lease, 1, at: now)
        lease.replied(.accepted(intervalMilliseconds: nil, lightBeats: nil), at: now, &chance)
        for number in 2..<10 {
            guard let due = lease.due(at: now) else {
                Issue.record("no beat is due")
                return
            }
            now = due.at - .milliseconds(90)
            _ = write(&lease, UInt64(number), at: now)
            lease.replied(.accepted(intervalMilliseconds: 5000, lightBeats: true), at: now, &chance)
            #expect(lease.due(at: now)?.at == due.at + .seconds(5))
        }
    }

    @Test func `a change that is refused leaves the standing entry beating`() {
        var lease = Lease(plain, timing: BeatTiming(), name: "billing", owner: nil, timeout: timeout)
        var chance = Chance(seed: 1)
        let now = Instant(nanoseconds: 1_000_000_000_000)
        lease.want(plain, timing: BeatTiming(), at: now)
        _ = write(&lease, 1, at: now)
        lease.replied(.accepted(intervalMilliseconds: nil, lightBeats: nil), at: now, &chance)
        lease.want(descriptor(metadata: ["v": "2"]).instance(at: "10.0.3.7"), timing: BeatTiming(), at: now)
        _ = write(&lease, 2, at: now)
        lease.replied(.refused(status: 400, text: "metadata"), at: now, &chance)
        #expect(lease.isUp(at: now))
        #expect(lease.due(at: now)?.kind == .hello)
        #expect(lease.due(at: now).map { $0.at > now } == true)
    }

    @Test func `a server's interval wins from 500 ms up to half of the timeout`() {
        let timing = BeatTiming()
        #expect(timing.interval(askedFor: 499) == nil)
        #expect(timing.interval(askedFor: 0) == nil)
        #expect(timing.interval(askedFor: -5) == nil)
        #expect(timing.interval(askedFor: nil) == nil)
        #expect(timing.interval(askedFor: 500) == .milliseconds(500))
        #expect(timing.interval(askedFor: 7000) == .seconds(7))
        #expect(timing.interval(askedFor: 60000) == .milliseconds(7500))
        #expect(timing.interval(askedFor: .max) == .milliseconds(7500))
    }

    @Test func `the first goodbye leaves at once, though the write before it failed`() {
        var lease = Lease(plain, timing: BeatTiming(), name: "billing", owner: nil, timeout: timeout)
        var chance = Chance(seed: 1)
        let now = Instant(nanoseconds: 1_000_000_000_000)
        lease.want(plain, timing: BeatTiming(), at: now)
        _ = write(&lease, 1, at: now)
        lease.want(nil, timing: BeatTiming(), at: now)
        lease.replied(.noAnswer("no answer in time"), at: now + .seconds(1), &chance)
        #expect(lease.due(at: now + .seconds(1))?.kind == .goodbye)
        #expect(lease.due(at: now + .seconds(1))?.at == now + .seconds(1))
    }
}
