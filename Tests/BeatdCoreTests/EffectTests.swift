import BeatdCore
import Testing

/// In which order effects are to be performed.
@Suite struct EffectTests {
    @Test func `a goodbye is asked for before anybody is told of it`() throws {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(6))
        world.seen = { _, _ in nil }
        world.send(.woke(tcp9100.target))
        let look = try #require(world.looksOut.last)
        let report = SightingReport(order: look.id, began: world.now, ended: world.now, seen: .tcp(.refused))
        var effects = Effects()
        world.heart.handle(.saw([report]), at: world.now, into: &effects)
        let write = try #require(effects.list.firstIndex { if case .write = $0 { true } else { false } })
        let told = try #require(effects.list.firstIndex { if case .transition = $0 { true } else { false } })
        #expect(write < told)
    }
}
