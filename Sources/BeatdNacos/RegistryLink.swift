package import BeatdCore
import HTTPClient
package import Systemd

/// Keep-alive connections to the registry: opened by libcurl, then written and read by us.
///
/// It keeps no queue, sets no timer and never tries again: when a connection can write it asks for an order, and what
/// happens to it becomes events for the heart. The time limit of a connect is libcurl's, that of a request the heart's.
package final class RegistryLink {
    /// Reads in one go; the rest comes with the next turn of the loop.
    private static let mostReads = 16

    private final class Line {
        let connection: Connection
        var conversation = LinkConversation()
        var isWaitingToWrite = false
        init(_ connection: Connection) { self.connection = connection }
    }

    private let connections: Connections
    private let connectTimeout: Duration
    private let nextWrite: (ConnectionID) -> WriteOrder?
    private let onEvents: ([Event]) -> Void
    private var lines: [ConnectionID: Line] = [:]
    private var buffer: [UInt8] = []

    /// Asks `nextWrite` at the instant a connection can write; tells `onEvents` everything else.
    package init(
        loop: EventLoop, connectTimeout: Duration, nextWrite: @escaping (ConnectionID) -> WriteOrder?,
        onEvents: @escaping ([Event]) -> Void
    ) throws(LinkError) {
        do throws(TransferError) { connections = try Connections(loop: loop) } catch {
            throw LinkError(sentence: error.description)
        }
        self.connectTimeout = connectTimeout
        self.nextWrite = nextWrite
        self.onEvents = onEvents
    }

    /// Begins to connect; `connected` or `closed` follows.
    package func open(_ id: ConnectionID, to server: Server) {
        do throws(TransferError) {
            let connection = try connections.open(host: server.host, port: server.port, within: connectTimeout) {
                [unowned self] in opened(id, $0)
            }
            lines[id] = Line(connection)
        } catch { onEvents([.closed(id, .unreachable(error.description))]) }
    }

    /// Closes without a word; what was in flight has been given up by whoever asks.
    package func close(_ id: ConnectionID) { lines.removeValue(forKey: id)?.connection.close() }

    /// Asks for orders and hands them to the socket, one at a time.
    package func write(on id: ConnectionID) {
        guard let line = lines[id], line.conversation.wantsOrder, let order = nextWrite(id) else { return }
        line.conversation.ask(order)
        send(id, line)
    }

    private func opened(_ id: ConnectionID, _ opening: Connection.Opening) {
        guard let line = lines[id] else { return }
        switch opening {
        case .failed(let error):
            lines[id] = nil
            onEvents([.closed(id, .unreachable(error.description))])
        case .connected:
            do {
                try line.connection.watch(for: .read) { [unowned self] in ready(id, $0) }
                onEvents([.connected(id)])
            } catch {
                lines[id] = nil
                line.connection.close()
                onEvents([.closed(id, .byUs("\(error)"))])
            }
        }
    }

    private func ready(_ id: ConnectionID, _ readiness: Readiness) {
        guard let line = lines[id] else { return }
        if readiness.contains(.write), line.isWaitingToWrite {
            line.isWaitingToWrite = false
            line.connection.watch(for: .read)
            send(id, line)
        }
        receive(id, line)
    }

    private func send(_ id: ConnectionID, _ line: Line) {
        while !line.conversation.unsent.isEmpty {
            let bytes = Array(line.conversation.unsent)
            switch line.connection.send(bytes.span) {
            case .sent(let count): line.conversation.took(count)
            case .again:
                line.isWaitingToWrite = true
                line.connection.watch(for: [.read, .write])
                return
            case .closed(let error):
                tell(id, line, line.conversation.ended(error.description))
                return
            }
        }
    }

    private func receive(_ id: ConnectionID, _ line: Line) {
        for _ in 0..<Self.mostReads {
            guard lines[id] != nil else { return }
            buffer.removeAll(keepingCapacity: true)
            switch line.connection.receive(into: &buffer) {
            case .received: tell(id, line, line.conversation.received(buffer))
            case .again: return
            case .closed(let error):
                tell(id, line, line.conversation.ended(error.description))
                return
            }
        }
    }

    private func tell(_ id: ConnectionID, _ line: Line, _ outcomes: [LinkConversation.Outcome]) {
        guard !outcomes.isEmpty else { return }
        if line.conversation.hasEnded, lines[id] === line {
            lines[id] = nil
            line.connection.close()
        }
        onEvents(
            outcomes.map { outcome in
                switch outcome {
                case .replied(let write, let reply): .replied(write, reply)
                case .closed(let why): .closed(id, why)
                }
            })
    }
}

/// The link could not be made: libcurl refused.
package struct LinkError: Error {
    package var sentence: String
}
