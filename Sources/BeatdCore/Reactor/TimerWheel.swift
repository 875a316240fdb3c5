/// Due times of many keys: insert, move and remove in O(1), the earliest found by walking at most one turn of the wheel.
///
/// A slot holds the keys of 10 ms; entries beyond one turn stay in their slot and are passed over until it is their turn.
package struct TimerWheel<Key: Hashable> {
    /// Where an entry sits; kept by whoever set it.
    ///
    /// Valid until it fired or was removed.
    package struct Handle: Hashable { fileprivate var index: Int32 }

    // In an order that leaves no room unused.
    private struct Entry {
        var due: Instant
        /// Of timers due together the one that was set first comes first, whatever rows they have.
        var serial: UInt64 = 0
        var key: Key?
        var slot: Int32 = 0
        var previous: Int32
        var next: Int32
    }

    private static var slotNanoseconds: Int64 { 10_000_000 }
    private static var slotCount: Int64 { 1024 }

    /// What is due and was not taken yet.
    private struct Line {
        /// Earliest first; -1 where one was moved or removed meanwhile.
        var places: [Int32] = []
        var next = 0
    }

    /// In place of a slot: the entry is in the line, at the place that `next` says.
    private static var inLine: Int32 { -1 }

    private var entries: [Entry] = []
    private var due = Line()
    private var serials: UInt64 = 0
    /// Known until that entry is moved or removed; nil where it has to be found.
    private var earliest: Int32?
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
            entries.append(Entry(due: due, previous: -1, next: -1))
        }
        entries[Int(index)].key = key
        entries[Int(index)].due = due
        link(index)
        count += 1
        return Handle(index: index)
    }

    package mutating func move(_ handle: Handle, to due: Instant) {
        guard due != entries[Int(handle.index)].due else { return }
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

    /// Takes one key that is due at `now`, the earliest first among those that were due together.
    package mutating func popDue(at now: Instant) -> Key? {
        while true {
            while due.next < due.places.count {
                let index = due.places[due.next]
                due.next += 1
                if index >= 0 { return take(index) }
            }
            due.places.removeAll(keepingCapacity: true)
            due.next = 0
            collect(until: now)
            guard due.places.isEmpty else { continue }
            return nil
        }
    }

    /// Moves what is due into the line, in the order of due times.
    private mutating func collect(until now: Instant) {
        let end = now.nanoseconds / Self.slotNanoseconds
        // After a long sleep one turn of the wheel sees every entry.
        var slot = max(cursor, end - Self.slotCount + 1)
        cursor = max(cursor, end)
        guard count > 0 else { return }
        while slot <= end {
            var index = heads[Int(slot % Self.slotCount)]
            while index >= 0 {
                let next = entries[Int(index)].next
                if entries[Int(index)].due <= now {
                    unlink(index)
                    due.places.append(index)
                }
                index = next
            }
            slot += 1
        }
        due.places.sort { left, right in
            let (left, right) = (entries[Int(left)], entries[Int(right)])
            return (left.due, left.serial) < (right.due, right.serial)
        }
        for (place, index) in due.places.enumerated() {
            entries[Int(index)].slot = Self.inLine
            entries[Int(index)].next = Int32(place)
        }
    }

    /// The earliest due time of all; found once, until that one is moved or removed.
    package mutating func next() -> (key: Key, due: Instant)? {
        if earliest == nil { earliest = findEarliest() }
        guard let earliest, let key = entries[Int(earliest)].key else { return nil }
        return (key, entries[Int(earliest)].due)
    }

    private mutating func take(_ index: Int32) -> Key? {
        let key = entries[Int(index)].key
        remove(Handle(index: index))
        return key
    }

    private func findEarliest() -> Int32? {
        if let waiting = due.places[due.next...].first(where: { $0 >= 0 }) { return waiting }
        guard count > 0 else { return nil }
        var beyond: Int32?
        for slot in cursor..<(cursor + Self.slotCount) {
            var here: Int32?
            var index = heads[Int(slot % Self.slotCount)]
            while index >= 0 {
                let due = entries[Int(index)].due.nanoseconds
                // Most are due as their slot begins, and nothing in it is earlier: the others need not be read.
                if due == slot * Self.slotNanoseconds, slot > cursor { return index }
                if due / Self.slotNanoseconds <= slot {
                    if isEarlier(index, than: here) { here = index }
                } else if isEarlier(index, than: beyond) {
                    beyond = index
                }
                index = entries[Int(index)].next
            }
            if let here { return here }
        }
        return beyond
    }

    private func isEarlier(_ index: Int32, than other: Int32?) -> Bool {
        guard let other else { return true }
        return entries[Int(index)].due < entries[Int(other)].due
    }

    private mutating func link(_ index: Int32) {
        // What is due already goes where the next walk begins.
        let slot = Int(max(entries[Int(index)].due.nanoseconds / Self.slotNanoseconds, cursor) % Self.slotCount)
        let head = heads[slot]
        serials += 1
        entries[Int(index)].serial = serials
        entries[Int(index)].slot = Int32(slot)
        entries[Int(index)].previous = -1
        entries[Int(index)].next = head
        if head >= 0 { entries[Int(head)].previous = index }
        heads[slot] = index
        if let earliest, isEarlier(index, than: earliest) { self.earliest = index }
    }

    private mutating func unlink(_ index: Int32) {
        if earliest == index { earliest = nil }
        let entry = entries[Int(index)]
        if entry.slot == Self.inLine {
            due.places[Int(entry.next)] = -1
            return
        }
        if entry.previous >= 0 {
            entries[Int(entry.previous)].next = entry.next
        } else {
            heads[Int(entry.slot)] = entry.next
        }
        if entry.next >= 0 { entries[Int(entry.next)].previous = entry.previous }
    }
}
