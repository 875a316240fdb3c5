/// Due times of many keys: insert, move and remove in O(1), the earliest found by walking at most one turn of the wheel.
///
/// A slot holds the keys of 10 ms; entries beyond one turn stay in their slot and are passed over until it is their turn.
package struct TimerWheel<Key: Hashable> {
    /// Where an entry sits; kept by whoever set it.
    ///
    /// Valid until it fired or was removed.
    package struct Handle: Hashable { fileprivate var index: Int32 }

    private struct Entry {
        var key: Key?
        var due: Instant
        var slot: Int32 = 0
        var previous: Int32
        var next: Int32
    }

    private static var slotNanoseconds: Int64 { 10_000_000 }
    private static var slotCount: Int64 { 1024 }

    private var entries: [Entry] = []
    private var free: [Int32] = []
    private var heads = [Int32](repeating: -1, count: Int(slotCount))
    /// All slots before this one (counted since boot) hold nothing that is due.
    private var cursor: Int64
    package private(set) var count = 0

    package init(startingAt start: Instant = Instant(nanoseconds: 0)) {
        cursor = start.nanoseconds / Self.slotNanoseconds
    }

    package mutating func insert(_ key: Key, due: Instant) -> Handle {
        let index: Int32
        if let reused = free.popLast() {
            index = reused
        } else {
            index = Int32(entries.count)
            entries.append(Entry(key: nil, due: due, previous: -1, next: -1))
        }
        entries[Int(index)].key = key
        entries[Int(index)].due = due
        link(index)
        count += 1
        return Handle(index: index)
    }

    package mutating func move(_ handle: Handle, to due: Instant) {
        unlink(handle.index)
        entries[Int(handle.index)].due = due
        link(handle.index)
    }

    package mutating func remove(_ handle: Handle) {
        unlink(handle.index)
        entries[Int(handle.index)].key = nil
        free.append(handle.index)
        count -= 1
    }

    /// Moves, sets or removes the one timer of a key, whichever its wish and its handle ask for; nil: no timer.
    package mutating func arm(_ handle: inout Handle?, _ key: Key, due: Instant?) {
        switch (handle, due) {
        case (let old?, let due?): move(old, to: due)
        case (nil, let due?): handle = insert(key, due: due)
        case (let old?, nil):
            remove(old)
            handle = nil
        case (nil, nil): return
        }
    }

    /// Takes one key that is due at `now`, the earliest first among those of one slot.
    package mutating func popDue(at now: Instant) -> Key? {
        let end = now.nanoseconds / Self.slotNanoseconds
        guard count > 0 else {
            cursor = max(cursor, end)
            return nil
        }
        // After a long sleep one turn of the wheel sees every entry.
        var slot = max(cursor, end - Self.slotCount + 1)
        if cursor < slot, let late = earliest(), late.due <= now { return take(late.index) }
        while slot <= end {
            if let found = earliestDue(in: slot, at: now) { return take(found) }
            guard slot < end else { break }
            slot += 1
        }
        cursor = max(cursor, end)
        return nil
    }

    /// The earliest due time of all.
    package var next: (key: Key, due: Instant)? {
        guard let found = earliest(), let key = entries[Int(found.index)].key else { return nil }
        return (key, found.due)
    }

    private mutating func take(_ index: Int32) -> Key? {
        let key = entries[Int(index)].key
        remove(Handle(index: index))
        return key
    }

    private func earliestDue(in slot: Int64, at now: Instant) -> Int32? {
        var best: Int32?
        var index = heads[Int(slot % Self.slotCount)]
        while index >= 0 {
            let entry = entries[Int(index)]
            if entry.due <= now, best.map({ entry.due < entries[Int($0)].due }) ?? true { best = index }
            index = entry.next
        }
        return best
    }

    private func earliest() -> (index: Int32, due: Instant)? {
        guard count > 0 else { return nil }
        var beyond: (index: Int32, due: Instant)?
        for slot in cursor..<(cursor + Self.slotCount) {
            var here: (index: Int32, due: Instant)?
            var index = heads[Int(slot % Self.slotCount)]
            while index >= 0 {
                let entry = entries[Int(index)]
                if entry.due.nanoseconds / Self.slotNanoseconds <= slot {
                    if here.map({ entry.due < $0.due }) ?? true { here = (index, entry.due) }
                } else if beyond.map({ entry.due < $0.due }) ?? true {
                    beyond = (index, entry.due)
                }
                index = entry.next
            }
            if let here { return here }
        }
        return beyond
    }

    private mutating func link(_ index: Int32) {
        // What is due already goes where the next walk begins.
        let slot = Int(max(entries[Int(index)].due.nanoseconds / Self.slotNanoseconds, cursor) % Self.slotCount)
        let head = heads[slot]
        entries[Int(index)].slot = Int32(slot)
        entries[Int(index)].previous = -1
        entries[Int(index)].next = head
        if head >= 0 { entries[Int(head)].previous = index }
        heads[slot] = index
    }

    private mutating func unlink(_ index: Int32) {
        let entry = entries[Int(index)]
        if entry.previous >= 0 {
            entries[Int(entry.previous)].next = entry.next
        } else {
            heads[Int(entry.slot)] = entry.next
        }
        if entry.next >= 0 { entries[Int(entry.next)].previous = entry.previous }
    }
}
