/// How a run of beatd ends, and what the next one has to know.
extension Oracle {
    /// A stop, as it was asked for.
    struct Stop {
        /// With goodbyes, or by only falling silent.
        var isSilent: Bool
        var began: Int64
        var deadline: Int64
        /// Whether nothing disturbed the registry, before or since.
        var isCalm: Bool
    }

    // MARK: The end

    /// It was asked to end by then, with goodbyes for all or by only falling silent; a second time it may be in more hurry.
    package mutating func stopping(isSilent: Bool, by deadline: Int64, at now: Int64) {
        guard course.stop == nil else {
            course.stop?.deadline = deadline
            return
        }
        let isCalm = now - course.troubledAt > 10 * Time.second
        // A silent end is none for the services.
        if !isSilent { trouble(nil, at: now) }
        course.stop = Stop(isSilent: isSilent, began: now, deadline: deadline, isCalm: isCalm)
    }

    /// Promise P7: what only falls silent says nothing.
    mutating func judgeStop(_ request: WireRequest, at now: Int64) {
        guard course.stop?.isSilent == true else { return }
        fail(Predicate.restart, "\(request.kind) left in a stop that only falls silent", request.identity, at: now)
    }

    /// Contract 4: at most `stop-timeout`.
    mutating func checkStop(at now: Int64) {
        guard let stop = course.stop, now - course.stalledAt > Time.second else { return }
        if now > max(stop.deadline, stop.began) + limits.tick {
            fail(Predicate.stop, "it should have ended at \(Time.text(stop.deadline))", "beatd", at: now)
        }
    }

    /// It ends by itself, and names what may still be registered.
    package mutating func finished(left: [String], at now: Int64) {
        guard let stop = course.stop else {
            return fail(Predicate.stop, "it ended though nobody asked it to", "beatd", at: now)
        }
        if stop.isSilent {
            if now - max(stop.began, course.stalledAt) > limits.tick {
                fail(Predicate.stop, "it fell silent, and did not end", "beatd", at: now)
            }
            return
        }
        let isCut = now >= stop.deadline
        let held = lines.filter { $0.value.isHeld && !$0.value.isForgotten }
        let budget = Int64(held.count + 8) * Time.second / Int64(limits.writesPerSecond)
        let isTime = stop.deadline - stop.began > budget + 2 * Time.second
        for identity in held.keys.sorted() {
            if !left.contains(identity) {
                fail(Predicate.stop, "it ended without a goodbye to it, and did not name it", identity, at: now)
            } else if !isCut {
                fail(Predicate.stop, "it ended with time left for a goodbye to it", identity, at: now)
            } else if stop.isCalm, isTime, lines[identity]?.flight?.kind != .deregister {
                fail(Predicate.stop, "it ended in all calm, and had said no goodbye to it", identity, at: now)
            }
        }
        for identity in left {
            guard let line = lines[identity], !line.mayBeHeld, line.flight == nil, line.goodbyeAt > line.lastLeft,
                line.goodbyeAt - max(line.losses.unansweredAt, line.losses.failedAt) > 2 * limits.timeout
            else { continue }
            fail(Predicate.stop, "it was named, though its goodbye was answered", identity, at: now)
        }
    }

    // MARK: What it remembers

    /// NAMEs that the new run read back as once alive; of a damaged state nothing is.
    package mutating func remembers(alive names: Set<String>, isDamaged: Bool, at now: Int64) {
        course.wereAlive = names
        for (name, since) in everAlive.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
            if !isDamaged, course.awake(after: since) > limits.saved {
                fail(Predicate.phase, "\(name) was alive at \(Time.text(since)), and that is forgotten", name, at: now)
            }
            everAlive[name] = nil
        }
    }

    /// Contract 6: what never was alive is waited for; what was, and is gone or failing, is down.
    package mutating func told(_ name: String, isWaiting: Bool, isDown: Bool, at now: Int64) {
        guard let holder = holders[name], holder.pending == nil, holder.twin == nil, !holder.sharesLooks else {
            return
        }
        if isDown, !holder.wasAlive {
            fail(Predicate.phase, "\(name) is called down, and never was alive", name, at: now)
        }
        if isWaiting, holder.wasAlive, self.isDown(holder.running) {
            fail(Predicate.phase, "\(name) is called waiting, and was alive before", name, at: now)
        }
    }
}
