import Testing

@testable import BeatdDaemon

struct TidyingTests {
    @Test func `memory is given back once, in the first quiet moment after much has changed`() {
        var times = 0
        let tidying = Tidying { times += 1 }
        func timesAfter(looks: Int) -> Int {
            for _ in 1...looks { tidying.look() }
            return times
        }
        for _ in 1..<Tidying.worthwhile { tidying.changed() }
        #expect(timesAfter(looks: 2) == 0)
        tidying.changed()
        #expect(timesAfter(looks: 1) == 0)
        #expect(timesAfter(looks: 3) == 1)
        tidying.changed()
        #expect(timesAfter(looks: 2) == 1)
    }
}
