import Testing

@testable import BeatdCore

@Suite struct RememberedStateTests {
    private var odd: RememberedState {
        var state = RememberedState()
        state.boot = "0c3f-…"
        state.lightBeats = true
        state.aliveSince = ["ä b": Instant(nanoseconds: 5), "": Instant(nanoseconds: 0), "%20": .never]
        var instance = descriptor(
            "x y%\n\t\0é🐦", cluster: " ", metadata: ["": "", "a b": "c\r\nd", "%": "%%", "é": " "]
        )
        .instance(at: "fe80::1")
        instance.weight = 0.1
        instance.enabled = false
        instance.ephemeral = false
        let plain = descriptor("plain").instance(at: "10.0.3.7")
        state.leases = [RememberedLease(name: "x y", instance: instance), RememberedLease(name: "", instance: plain)]
        return state
    }

    @Test func `what is written is read back, whatever characters are in it`() {
        #expect(RememberedState(encoded: odd.encoded()) == odd)
        #expect(RememberedState(encoded: RememberedState().encoded()) == RememberedState())
        #expect(odd.encoded() == odd.encoded())
    }

    @Test func `every truncated file is refused`() {
        let bytes = odd.encoded()
        let taken = (0..<bytes.count).filter { RememberedState(encoded: Array(bytes[..<$0])) != nil }
        #expect(taken == [])
        let tails = (1..<bytes.count).filter { RememberedState(encoded: Array(bytes[$0...])) != nil }
        #expect(tails == [])
    }

    @Test func `every flipped bit is refused`() {
        let bytes = odd.encoded()
        var taken: [Int] = []
        for index in bytes.indices {
            for bit in 0..<8 {
                var other = bytes
                other[index] ^= 1 << bit
                if RememberedState(encoded: other) != nil { taken.append(index) }
            }
        }
        #expect(taken == [])
    }

    @Test func `what follows the end is refused`() {
        #expect(RememberedState(encoded: odd.encoded() + [10]) == nil)
        #expect(RememberedState(encoded: odd.encoded() + odd.encoded()) == nil)
    }
}
