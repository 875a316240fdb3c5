import Testing

@testable import BeatdCore

/// The tables of tasks and leases: numbers are used again, and never by two.
@Suite struct TableTests {
    private let now = Instant(nanoseconds: 1_000_000_000_000)

    private func lease(_ name: String) -> Lease {
        Lease(
            descriptor(name).instance(at: "10.0.3.7"), timing: BeatTiming(), name: name, owner: nil,
            timeout: .seconds(3))
    }

    private func task(_ name: String) -> BeatTask {
        BeatTask(descriptor(name), BeatTask.Past(wasUp: false, wasAlive: false), at: now)
    }

    @Test func `a lease's number is used again once it is out of the table`() {
        var table = LeaseTable()
        let first = table.add(lease("a"))
        let second = table.add(lease("b"))
        #expect(table.ids == [first, second])
        table.remove(first)
        #expect(!table.holds(first))
        #expect(table.id(of: lease("a").identity) == nil)
        #expect(table.ids.count == 1)
        #expect(table.add(lease("c")) == first)
        #expect(table[first].name == "c")
        #expect(table[second].name == "b")
        table[second].name = "renamed"
        #expect(table[second].name == "renamed")
        table.remove(first)
        table.remove(second)
        #expect(table.isEmpty)
        #expect(table.ids == [])
    }

    @Test func `a task is found by the name its file has now`() {
        var table = TaskTable()
        let second = table.add(task("b"))
        let first = table.add(task("a"))
        #expect(table.ids == [first, second])
        table.rename(first, to: descriptor("c"))
        #expect(table.byName["a"] == nil)
        #expect(table.byName["c"] == first)
        #expect(table.ids == [second, first])
        #expect(table.remove(second).descriptor.name == "b")
        #expect(table.add(task("d")) == second)
        #expect(table.ids == [first, second])
        #expect(table.byName.count == 2)
    }
}
