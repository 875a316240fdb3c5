import Testing

@testable import BeatdCore

@Suite struct RememberedStateTests {
    private var odd: RememberedState {
        var state = RememberedState()
        state.boot = "0c3f-…"
        state.lightBeats = true
        state.aliveSince = ["ä b": Instant(nanoseconds: 5), "": Instant(nanoseconds: 0), "%20": .never]
        state.wereAlive = ["ä b", "", "%20", "dead\n", "dead-too"]
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

    @Test func `lines of a later version are passed over, damaged ones of this one are not`() {
        let known = ["boot x", "was-alive a", "alive b 7"]
        let state = RememberedState(encoded: closed(known + ["drain b 2026 why%20not"]))
        #expect(state == RememberedState(encoded: closed(known)))
        #expect(state?.wereAlive == ["a", "b"], "alive since then is alive once, too")
        for line in ["boot", "light-beats", "alive b", "alive b x", "was-alive", "was-alive a b", "lease a b"] {
            #expect(RememberedState(encoded: closed([line])) == nil, "\(line)")
        }
    }

    /// A state file of those lines.
    private func closed(_ lines: [String]) -> [UInt8] {
        let body = Array((["beatd-state 1"] + lines).map { "\($0)\n" }.joined().utf8)
        let sum = body.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return body + Array("end \(String(sum, radix: 16))\n".utf8)
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
