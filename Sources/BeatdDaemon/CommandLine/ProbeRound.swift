import BeatdCore
import BeatdHost
import Linux
import Systemd

/// One look at everything that some descriptors name, ordered and judged by the heart as the daemon's are.
///
/// What the heart wants besides looks is left undone, so nothing is registered.
final class ProbeRound {
    /// A look takes up to a minute, and many wait for each other; who has none by then is told so.
    private static let patience = Duration.seconds(120)
    /// The loop turns at least this often.
    private static let pause = Duration.milliseconds(100)

    private let loop: EventLoop
    private var heart: BeatReactor
    private var effects = Effects()
    private var looks: HostLooks?

    init(settings: Settings) throws(SystemCallError) {
        loop = try EventLoop()
        heart = BeatReactor(settings: settings, at: Self.now)
        let addresses = HostAddresses.read(towards: settings.registry.servers.prefix(1).map(\.host))
        // Who dies in between is told by the looks, or by nobody.
        let processes = try ProcessWatch(loop: loop) { _ in }
        let workers = try Workers(loop: loop)
        looks = try HostLooks(loop: loop, workers: workers, processes: processes, addresses: addresses) {
            [unowned self] in
            handle(.saw($0))
        }
        handle(.addresses(addresses))
    }

    /// Gives the probes of each descriptor with their looks, in that order; several may have one NAME.
    func perform(_ descriptors: [InstanceDescriptor]) throws(SystemCallError) -> [[InstanceStatus.Probe]] {
        let set = descriptors.enumerated().map { index, descriptor in
            var descriptor = descriptor
            descriptor.name = "\(index)"
            return descriptor
        }
        handle(.descriptors(DescriptorSet(accepted: set)))
        let end = Self.now + Self.patience
        var probes = found(set)
        while Self.now < end, probes.contains(where: { $0.contains { $0.look == nil } }) {
            _ = try loop.turn(timeout: Self.pause)
            if let due = heart.nextDeadline()?.at, due <= Self.now { handle(.tick) }
            probes = found(set)
        }
        return probes
    }

    private func found(_ set: [InstanceDescriptor]) -> [[InstanceStatus.Probe]] {
        set.map { heart.report.instance($0.name)?.probes ?? [] }
    }

    private func handle(_ event: Event) {
        heart.handle(event, at: Self.now, into: &effects)
        let list = effects.list
        effects.list.removeAll()
        for case .look(let orders) in list { looks?.perform(orders) }
    }

    private static var now: Instant { Instant(nanoseconds: Clocks.boot()) }
}
