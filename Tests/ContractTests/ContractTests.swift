import Linux
import TestSupport
import Testing

@testable import DevRegistry

/// The same cases against the development registry and real ones: the double doesn't lie.
struct ContractTests {
    @Test(arguments: [TargetKind.exact, .likeNacos])
    func `every case holds on the development registry`(kind: TargetKind) async {
        await expectAll(on: kind)
    }

    @Test(.enabled(if: ContractRun.isHere(.nacos25), "needs java and registries/nacos-2.5.0 in BEATD_SHARED"))
    func `every case holds on a real Nacos 2.5.0`() async { await expectAll(on: .nacos25) }

    @Test(.enabled(if: ContractRun.isHere(.nacos31), "needs java and registries/nacos-3.1.0 in BEATD_SHARED"))
    func `every case holds on a real Nacos 3.1.0`() async { await expectAll(on: .nacos31) }

    @Test func `every case of v3 holds on the development registry without v1`() async {
        await expectAll(on: .v3, atLeast: 20)
    }

    @Test(.enabled(if: ContractRun.isHere(.nacos31V3), "needs java and registries/nacos-3.1.0 in BEATD_SHARED"))
    func `every case of v3 holds on a real Nacos 3.1.0 without v1`() async {
        await expectAll(on: .nacos31V3, atLeast: 20)
    }

    private func expectAll(on kind: TargetKind, atLeast count: Int = 51) async {
        let matrix = await ContractRun.shared.value
        for failure in matrix.failures(on: kind) { Issue.record("\(kind.rawValue): \(failure)") }
        #expect(matrix.passed(on: kind) >= count)
    }
}
