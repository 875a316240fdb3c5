package import Systemd

/// Asks by HTTP and gives whole answers: for what is asked seldom, as it costs seven times a connection of our own.
package final class Transfers {
    private let multi: Multi
    private var running: [ObjectIdentifier: Transfer] = [:]

    package init(loop: EventLoop, priority: Priority = .writes) throws(TransferError) {
        multi = try Multi(loop: loop, priority: priority)
    }

    deinit { for transfer in running.values { transfer.cancel() } }

    /// Begins a transfer; `then` is called once, in a later turn, unless it is cancelled before.
    @discardableResult
    package func start(
        _ request: Transfer.Request, then: @escaping (Result<Transfer.Reply, TransferError>) -> Void
    ) throws(TransferError) -> Transfer {
        let transfer = try Transfer(request, in: multi, then: then)
        let id = ObjectIdentifier(transfer)
        transfer.ended = { [weak self] in self?.running[id] = nil }
        try transfer.start()
        running[id] = transfer
        return transfer
    }
}
