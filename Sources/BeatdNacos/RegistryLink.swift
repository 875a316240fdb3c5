package import BeatdCore
package import HTTPClient
package import Systemd

/// Keep-alive connections to the registry: opened by libcurl, then written and read by us.
///
/// It keeps no queue, sets no timer and never tries again: when a connection can write it asks for an order, and what
/// happens to it becomes events for the heart. The time limit of a connect is libcurl's, that of a name its thread's, that
/// of a request the heart's.
package final class RegistryLink {
    /// What the link asks, and whom it tells.
    package struct Heart {
        /// What that connection is to send at this very instant.
        package var nextWrite: (ConnectionID) -> WriteOrder?
        /// Whether the rest of a write that the socket took in part may still leave.
        package var mayFinish: (WriteID) -> Bool
        /// Takes what happened; may ask for the next write at once.
        package var onEvents: ([Event]) -> Void

        package init(
            nextWrite: @escaping (ConnectionID) -> WriteOrder?, mayFinish: @escaping (WriteID) -> Bool,
            onEvents: @escaping ([Event]) -> Void
        ) {
            self.nextWrite = nextWrite
            self.mayFinish = mayFinish
            self.onEvents = onEvents
        }
    }

    /// Reads of one connection in one go; the rest comes with the next turn of the loop.
    private static let mostReads = 16
    /// A connection that said nothing for so long is looked at before it is written on: its end may have come meanwhile.
    private static let freshness: Int64 = 1_000_000_000

    private static let full = "the socket takes nothing"

    private final class Line {
        let connection: Connection
        var conversation = LinkConversation()
        var isWaitingToWrite = false
        /// When the peer last showed that it is there, in the loop's time.
        var heardAt: Int64 = 0
        init(_ connection: Connection) { self.connection = connection }
    }

    /// The limit of a connect that begins from now on.
    package var connectTimeout: Duration
    private let loop: EventLoop
    private let connections: Connections
    private let heart: Heart
    private var lines: [ConnectionID: Line] = [:]
    private var writer = RequestWriter()
    private var buffer: [UInt8] = []

    /// Opens nothing yet.
    package init(loop: EventLoop, names: Names, connectTimeout: Duration, heart: Heart) throws(LinkError) {
        do throws(TransferError) { connections = try Connections(loop: loop, names: names) } catch {
            throw LinkError(sentence: error.description)
        }
        self.loop = loop
        self.connectTimeout = connectTimeout
        self.heart = heart
    }

    // MARK: What the heart orders

    /// Begins to connect; `connected` or `closed` follows.
    package func open(_ id: ConnectionID, to server: Server) {
        do throws(TransferError) {
            let connection = try connections.open(host: server.host, port: server.port, within: connectTimeout) {
                [unowned self] in opened(id, $0)
            }
            lines[id] = Line(connection)
        } catch { heart.onEvents([.closed(id, .unreachable(error.description))]) }
    }

    /// Closes without a word; what was in flight has been given up by whoever asks.
    package func close(_ id: ConnectionID) { lines.removeValue(forKey: id)?.connection.close() }

    /// Asks for orders until there are no more, and hands them to the socket in one go.
    package func write(on id: ConnectionID) {
        guard let line = lines[id], line.connection.isOpen, line.conversation.isIdle else { return }
        if loop.turnTime - line.heardAt > Self.freshness { receive(id, line) }
        guard isOpen(line, id) else { return }
        while let order = heart.nextWrite(id) { line.conversation.ask(order) { writer.append(order, to: &$0) } }
        send(id, line)
    }

    // MARK: What the sockets do

    private func opened(_ id: ConnectionID, _ opening: Connection.Opening) {
        guard let line = lines[id] else { return }
        switch opening {
        case .failed(let error):
            lines[id] = nil
            heart.onEvents([.closed(id, .unreachable(error.description))])
        case .connected:
            line.heardAt = loop.turnTime
            do {
                try line.connection.watch(for: .read) { [unowned self] in ready(id, $0) }
            } catch { return tell(id, line, line.conversation.giveUp("\(error)")) }
            // A server that speaks or closes before it is asked does so before it counts as connected.
            receive(id, line)
            if isOpen(line, id) { heart.onEvents([.connected(id)]) }
        }
    }

    private func ready(_ id: ConnectionID, _ readiness: Readiness) {
        guard let line = lines[id] else { return }
        receive(id, line)
        guard readiness.contains(.write), line.isWaitingToWrite, isOpen(line, id) else { return }
        line.isWaitingToWrite = false
        line.connection.watch(for: .read)
        guard let write = line.conversation.halfSent, heart.mayFinish(write) else {
            return tell(id, line, line.conversation.giveUp("half sent, and no longer wanted"))
        }
        send(id, line)
    }

    private func send(_ id: ConnectionID, _ line: Line) {
        while true {
            let bytes = line.conversation.unsent
            guard !bytes.isEmpty else { return }
            switch line.connection.send(bytes.span) {
            case .sent(let count): line.conversation.took(count)
            case .again:
                // What doesn't leave now must not leave later: it is asked for anew, on another connection.
                let given = line.conversation.giveBack(Self.full)
                guard !line.conversation.isIdle else {
                    return tell(id, line, given + line.conversation.giveUp(Self.full))
                }
                if line.conversation.halfSent != nil {
                    line.isWaitingToWrite = true
                    line.connection.watch(for: [.read, .write])
                }
                return tell(id, line, given)
            case .closed(let error):
                receive(id, line)  // what the server said before it closed
                if isOpen(line, id) { tell(id, line, line.conversation.ended(error.description)) }
                return
            }
        }
    }

    /// Reads until there is nothing more, or something to tell.
    private func receive(_ id: ConnectionID, _ line: Line) {
        for _ in 0..<Self.mostReads {
            buffer.removeAll(keepingCapacity: true)
            switch line.connection.receive(into: &buffer) {
            case .received:
                line.heardAt = loop.turnTime
                let outcomes = line.conversation.received(buffer)
                guard outcomes.isEmpty else { return tell(id, line, outcomes) }
            case .again: return
            case .closed(let error): return tell(id, line, line.conversation.ended(error.description))
            }
        }
    }

    private func isOpen(_ line: Line, _ id: ConnectionID) -> Bool { lines[id] === line }

    private func tell(_ id: ConnectionID, _ line: Line, _ outcomes: [LinkConversation.Outcome]) {
        if line.conversation.hasEnded, isOpen(line, id) { close(id) }
        guard !outcomes.isEmpty else { return }
        var replies: [WriteReply] = []
        replies.reserveCapacity(outcomes.count)
        var end: [Event] = []
        for outcome in outcomes {
            switch outcome {
            case .replied(let write, let reply): replies.append(WriteReply(write, reply))
            case .closed(let why): end.append(.closed(id, why))
            }
        }
        heart.onEvents((replies.isEmpty ? [] : [.replied(replies)]) + end)
    }
}
