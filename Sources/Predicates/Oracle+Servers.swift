/// Slow is not away, and ill is not well (contract 4): how long answers take, and when a server may and must be left.
extension Oracle {
    /// What is known of the registry's servers as the world has them, and of their answers as beatd got them.
    struct Servers {
        /// How long an answer takes now, beyond the network's time, and until when one that began before may.
        var slowness: Int64 = 0
        var slowUntil = Int64.min / 2
        /// Those that are ill in truth.
        var ill: Set<Int> = []
        var wellSince = Int64.min / 2
        /// Since when the one in use has answered only like an ill one; nil while it doesn't.
        var answersIllSince: Int64?
        /// When a connect last failed, a connection ended, or a write was last lost.
        var lostAt = Int64.min / 2
        /// When a server was last left for its answers.
        var leftForIllnessAt = Int64.min / 2
    }

    /// The slowest server takes that much longer from now on.
    package mutating func slow(_ length: Int64, at now: Int64) {
        servers.slowness = length
        servers.slowUntil = .max
    }

    /// All are quick again; an answer that is under way may still take its time.
    package mutating func quick(at now: Int64) {
        guard servers.slowUntil == .max else { return }
        servers.slowUntil = now + servers.slowness + Time.second
    }

    /// These servers are ill from now on; none: all are well again.
    package mutating func ill(_ ill: Set<Int>, at now: Int64) {
        if ill.isEmpty, !servers.ill.isEmpty { servers.wellSince = now }
        servers.ill = ill
    }

    /// A connection ended; one that never carried an answer counts as a failed connect.
    package mutating func hungUp(at now: Int64) { servers.lostAt = now }

    /// How long an answer may take now, beyond the network's time.
    func slowness(at now: Int64) -> Int64 { now <= servers.slowUntil ? servers.slowness : 0 }

    /// The longest time between two beats of what is calm; nil where answers don't come within beatd's limit.
    ///
    /// An instance with a write in flight skips its beat: the next one leaves at its time after the answer.
    func longestGap(interval: Int64, timeout: Int64, at now: Int64) -> Int64? {
        let slowness = slowness(at: now)
        guard slowness > 0 else { return interval }
        var limit = min(limits.timeout, (timeout - interval) / 2)
        // With another server at hand a beat is waited for a third of its interval.
        if limits.servers > 1 { limit = min(limit, interval / 3) }
        let answer = slowness + 10 * Time.millisecond
        guard answer < limit else { return nil }
        return max(interval, (answer + interval - 1) / interval * interval)
    }

    /// An answer was handed to beatd.
    mutating func noteAnswer(_ answer: Answer, at now: Int64) {
        if case .odd(let status) = answer, [0, 200, 302, 500, 502, 503].contains(status) {
            servers.answersIllSince = servers.answersIllSince ?? now
        } else {
            servers.answersIllSince = nil
        }
    }

    /// beatd turned to another server: because one was lost, or was ill for 3 s, and then at most once in 10 s.
    mutating func judgeMove(at now: Int64) {
        defer { servers.answersIllSince = nil }
        let isLost =
            now - max(servers.lostAt, course.startedAt, course.stalledAt) < 10 * Time.second
            || servers.ill.isEmpty && now - max(course.troubledAt, servers.wellSince) < 30 * Time.second
        guard !isLost else { return }
        guard let since = servers.answersIllSince, now - since >= 3 * Time.second else {
            return fail(Predicate.calm, "it left a server that answers", "registry", at: now)
        }
        // It is seen by the next connect, which may have waited for its back-off.
        if now - servers.leftForIllnessAt < 10 * Time.second - 2400 * Time.millisecond {
            fail(Predicate.calm, "it left two ill servers within 10 s", "registry", at: now)
        }
        servers.leftForIllnessAt = now
    }

    /// What is ill is left while another server is well.
    mutating func checkIllness(at now: Int64) {
        if !servers.ill.isEmpty { course.troubledAt = now }
        guard !servers.ill.isEmpty, servers.ill.count < limits.servers, let since = servers.answersIllSince,
            now - max(since, course.stalledAt) > 20 * Time.second, now - course.movedAt > 80 * Time.second,
            holders.values.contains(where: { steadySince($0.running).map { now - $0 > 20 * Time.second } ?? false })
        else { return }
        fail(Predicate.useful, "it stays at an ill server while another one is well", "registry", at: now)
    }
}
