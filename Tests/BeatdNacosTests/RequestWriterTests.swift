import BeatdCore
import BeatdNacos
import Testing

@Suite struct RenderedBeatsTests {
    private func order(
        _ kind: WriteOrder.Kind, _ instance: Instance, _ server: Server = Server(), lease: Int = 0
    ) -> WriteOrder {
        var order = Recorded.Case(instance: instance, server: server).order(kind)
        order.lease = lease
        return order
    }
    private let beat = WriteOrder.Kind.beat(light: true, period: .seconds(5))

    @Test func `a beat that is kept is the one that would be rendered`() {
        var beats = RenderedBeats()
        let instance = Recorded.instance()
        var moved = instance
        moved.cluster = "B"
        let other = Server(host: "10.0.0.9")
        for order in [
            order(beat, instance), order(beat, instance), order(beat, moved), order(beat, moved, other),
            order(beat, instance), order(.register, instance), order(.beat(light: false, period: .seconds(5)), moved),
        ] {
            #expect(beats.bytes(of: order) == WireV1.request(order))
        }
        #expect(beats.count == 1)
    }

    @Test func `an instance that says goodbye is forgotten`() {
        var beats = RenderedBeats()
        _ = beats.bytes(of: order(beat, Recorded.instance()))
        _ = beats.bytes(of: order(.deregister, Recorded.instance("others"), lease: 1))
        #expect(beats.count == 1)
        _ = beats.bytes(of: order(.deregister, Recorded.instance()))
        #expect(beats.count == 0)
    }

    @Test func `a number that is given again is another instance`() {
        var beats = RenderedBeats()
        for name in ["a", "b", "a"] {
            let order = order(beat, Recorded.instance(name), lease: 3)
            #expect(beats.bytes(of: order) == WireV1.request(order))
        }
        #expect(beats.count == 1)
    }

    @Test func `they never grow beyond their bound`() {
        var beats = RenderedBeats()
        for number in [0, RenderedBeats.most - 1, RenderedBeats.most, 1_000_000] {
            let order = order(beat, Recorded.instance("s\(number)"), lease: number)
            #expect(beats.bytes(of: order) == WireV1.request(order))
        }
        #expect(beats.count == 2)
    }
}
