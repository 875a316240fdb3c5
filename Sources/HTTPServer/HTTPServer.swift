import CMicroHTTPD
import Glibc
package import Linux
package import Systemd

/// Requests in, responses out, over one listening socket: libmicrohttpd without a thread, on the loop.
@safe package final class HTTPServer {
    /// What strangers may take.
    package struct Limits: Sendable {
        /// Those waiting for an answer count; more wait in the kernel's queue.
        package var connections = 64
        /// From this many on, the one that has stood there longest without a whole request, or else without taking its
        /// answer, is closed for each that comes.
        package var crowd = Int.max
        /// A connection with nothing to say is closed after this; rounded up to seconds, zero: never.
        package var idle = Duration.seconds(60)
        /// Memory of one connection: the head of a request and that of its answer.
        package var head = 16 * 1024
        package var body = 64 * 1024

        package init() {}
    }

    let limits: Limits
    let handler: (Request, Responder) -> Void
    private let loop: EventLoop
    private let listener: Descriptor
    private var daemon: OpaquePointer?
    private var source: EventSource?
    private var timer: EventSource?
    /// When the timer fires; later wishes don't move it, as setting a timer is what costs here.
    private var armed: Int64?
    private var clients: [ConnectionID: Client] = [:]
    private var connectionsSeen: UInt64 = 0
    private var stopping: Stopping?
    var turn = Turn()

    /// All answers that are made while they are sent get this much of a turn together: beats and looks wait meanwhile.
    package static let turnLimit = Duration.milliseconds(5)

    private struct Stopping {
        let deadline: Int64
        let done: () -> Void
    }

    /// Takes over a socket that is bound and listens, TCP or unix; calls the handler for each whole request.
    package init(
        loop: EventLoop, listening listener: consuming Descriptor, limits: Limits = Limits(),
        handler: @escaping (Request, Responder) -> Void
    ) throws(SystemCallError) {
        self.loop = loop
        self.listener = listener
        self.limits = limits
        self.handler = handler
        let daemon = unsafe try start()
        unsafe self.daemon = daemon
        source = try loop.watch(unsafe epoll(of: daemon), for: .read, priority: .people) { [unowned self] _ in run() }
        timer = try loop.timer(priority: .people) { [unowned self] in
            armed = nil
            run()
        }
    }

    deinit { shutDown() }

    // MARK: Stopping

    var isStopping: Bool { stopping != nil }

    /// How many clients are connected.
    package var connections: Int { clients.count }

    /// Takes no more connections, closes those that ask nothing, answers what was asked; calls `done` when all have
    /// ended or `limit` has passed.
    package func stop(within limit: Duration, then done: @escaping () -> Void) {
        guard let daemon = unsafe daemon, stopping == nil else { return }
        stopping = Stopping(deadline: Self.instant(after: limit), done: done)
        _ = unsafe MHD_quiesce_daemon(daemon)  // gives back the listener, which is ours all the time
        for client in clients.values where client.exchange == nil { isFree(client) }
        wake()
    }

    /// Nanoseconds since boot, the last there is for what is longer than these can say.
    private static func instant(after length: Duration) -> Int64 {
        let (time, isTooFar) = Clocks.boot().addingReportingOverflow(length.nanoseconds)
        return isTooFar ? .max : time
    }

    /// That client has nothing to ask; during a stop it is closed.
    func isFree(_ client: Client) {
        // Libmicrohttpd has no call for it: it reads the end, and closes.
        if isStopping { Glibc.shutdown(client.socket, Int32(SHUT_RD)) }
    }

    private func finish() {
        guard let done = stopping?.done else { return }
        shutDown()
        done()
    }

    private func shutDown() {
        source = nil
        timer = nil
        guard let daemon = unsafe daemon else { return }
        unsafe self.daemon = nil
        // A suspended connection at the stop aborts the process; these are resumed, to be closed.
        for client in clients.values { client.exchange?.abort() }
        for exchange in turn.dissolve() { exchange.goOn() }
        _ = unsafe MHD_quiesce_daemon(daemon)  // otherwise it would close the listener
        unsafe MHD_stop_daemon(daemon)
    }

    // MARK: Running

    /// Everything ends here: run, ask for the next time, arm.
    private func run() {
        guard let daemon = unsafe daemon, !turn.isRunning else { return }
        turn.isRunning = true
        turn.begin(for: Self.turnLimit)
        var connections = unsafe connections(of: daemon)
        for _ in 0..<Self.rounds {
            let before = connections
            turn.next()?.goOn()
            _ = unsafe MHD_run(daemon)  // it refuses only daemons with threads
            connections = unsafe self.connections(of: daemon)
            // At its limit libmicrohttpd stops listening, and starts again only at the head of a later run.
            let hasFallen = connections < before
            if hasFallen { wake() }
            if !hasFallen, turn.isLineEmpty || !turn.hasTime { break }
        }
        if !turn.isLineEmpty { wake() }
        turn.isRunning = false
        if let stopping, connections == 0 || Clocks.boot() >= stopping.deadline { return finish() }
        unsafe arm(daemon)
    }

    private func arm(_ daemon: OpaquePointer) {
        var milliseconds: UInt64 = 0
        var next = stopping?.deadline
        if unsafe MHD_get_timeout(daemon, &milliseconds) == .YES {
            let wish = Clocks.boot() + Int64(clamping: min(milliseconds, 1 << 32)) * 1_000_000
            next = min(next ?? wish, wish)
        }
        if let next { arm(at: next) }
    }

    /// Runs in the next turn.
    func wake() { arm(at: 0) }

    private func arm(at time: Int64) {
        if let armed, armed <= time { return }
        armed = time
        timer?.arm(at: time)
    }

    /// How often a turn runs at most, for those that wait at the limit, and those that wait for time.
    private static let rounds = 256

    // MARK: What libmicrohttpd says

    private func start() throws(SystemCallError) -> OpaquePointer {
        let userdata = unsafe Unmanaged.passUnretained(self).toOpaque()  // we stop the daemon before we end
        let idle = limits.idle.components
        let options = unsafe [
            option(.LISTEN_SOCKET, Int(listener.number)),
            option(.CONNECTION_LIMIT, limits.connections),
            option(.CONNECTION_MEMORY_LIMIT, limits.head),
            option(.CONNECTION_TIMEOUT, Int(idle.seconds) + (idle.attoseconds > 0 ? 1 : 0)),
            option(.URI_LOG_CALLBACK, beatd_mhd_uri_log(requestBegan), userdata),
            option(.NOTIFY_COMPLETED, beatd_mhd_notify_completed(requestEnded), userdata),
            option(.NOTIFY_CONNECTION, beatd_mhd_notify_connection(connectionChanged), userdata),
            option(.END, 0),
        ]
        let flags = MHD_USE_EPOLL.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
        unsafe MHD_set_panic_func(
            { _, _, _, reason in
                let text = unsafe reason.map { unsafe String(cString: $0) } ?? "no reason given"
                preconditionFailure("libmicrohttpd found its own state broken: \(text)")
            }, nil)
        guard let daemon = unsafe beatd_mhd_start(flags, requestProceeds, userdata, options) else {
            throw SystemCallError(call: "MHD_start_daemon", code: errno)
        }
        return unsafe daemon
    }

    private func option(_ option: MHD_OPTION, _ value: Int, _ userdata: UnsafeMutableRawPointer? = nil)
        -> MHD_OptionItem
    {
        unsafe MHD_OptionItem(option: option, value: value, ptr_value: userdata)
    }

    private func epoll(of daemon: OpaquePointer) -> Int32 {
        guard let info = unsafe beatd_mhd_daemon_info(daemon, .DAEMON_INFO_EPOLL_FD) else { return -1 }
        return unsafe info.pointee.epoll_fd
    }

    private func connections(of daemon: OpaquePointer) -> UInt32 {
        guard let info = unsafe beatd_mhd_daemon_info(daemon, .DAEMON_INFO_CURRENT_CONNECTIONS) else { return 0 }
        return unsafe info.pointee.num_connections
    }

    fileprivate func connected(_ connection: OpaquePointer) -> Client {
        connectionsSeen += 1
        let info = unsafe beatd_mhd_connection_info(connection, .CONNECTION_INFO_CONNECTION_FD)
        let socket = unsafe info?.pointee.connect_fd ?? -1
        let peer = Sockets.peer(of: socket)
        let client = Client(id: ConnectionID(number: connectionsSeen), socket: socket, peer: peer)
        makeRoom()
        clients[client.id] = client
        return client
    }

    /// For one who comes: idlers and babblers keep nobody out.
    private func makeRoom() {
        let present = clients.values.filter { !$0.isLeaving }
        guard present.count >= limits.crowd else { return }
        let asking = present.filter { $0.exchange?.isAsking ?? true }
        let sending = present.filter { $0.exchange?.isSending ?? false }
        let candidates = asking.isEmpty ? sending : asking
        guard let victim = candidates.min(by: { $0.id.number < $1.id.number }) else { return }
        victim.isLeaving = true
        // Libmicrohttpd has no call for it: it reads the end, and closes.
        Glibc.shutdown(victim.socket, Int32(SHUT_RDWR))
    }

    fileprivate func disconnected(_ client: Client) { clients[client.id] = nil }
}

// Libmicrohttpd calls these from within MHD_run and MHD_stop_daemon only, so the server is there. A connection's
// context is its client, which the server's table keeps; a request's context is its exchange, which its client keeps.

private func connectionChanged(
    _ server: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ change: MHD_ConnectionNotificationCode
) {
    guard let server: HTTPServer = unsafe object(server), let connection = unsafe connection,
        let context = unsafe context
    else { return }
    switch change {
    case .CONNECTION_NOTIFY_STARTED:
        unsafe context.pointee = Unmanaged.passUnretained(server.connected(connection)).toOpaque()
    case .CONNECTION_NOTIFY_CLOSED:
        if let client: Client = unsafe object(context.pointee) { server.disconnected(client) }
        unsafe context.pointee = nil
    @unknown default: break
    }
}

/// The only place that sees the target before libmicrohttpd has decoded it.
private func requestBegan(
    _ server: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let server: HTTPServer = unsafe object(server), let connection = unsafe connection,
        let target = unsafe target,
        let context = unsafe beatd_mhd_connection_info(connection, .CONNECTION_INFO_SOCKET_CONTEXT)?.pointee
            .socket_context,
        let client: Client = unsafe object(context)
    else { return nil }
    client.requests += 1
    let exchange = unsafe Exchange(String(cString: target), of: client, on: connection, at: server)
    client.exchange = exchange
    return unsafe Unmanaged.passUnretained(exchange).toOpaque()
}

private func requestProceeds(
    _: UnsafeMutableRawPointer?, _: OpaquePointer?, _: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _: UnsafePointer<CChar>?, _ piece: UnsafePointer<CChar>?, _ size: UnsafeMutablePointer<Int>?,
    _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let exchange: Exchange = unsafe object(context?.pointee), let method = unsafe method,
        let size = unsafe size
    else { return .NO }
    let bytes = unsafe UnsafeRawBufferPointer(start: piece, count: size.pointee)
    unsafe size.pointee = 0  // all of it is taken
    return unsafe exchange.proceed(method: method, piece: bytes)
}

private func requestEnded(
    _: UnsafeMutableRawPointer?, _: OpaquePointer?, _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _: MHD_RequestTerminationCode
) {
    guard let exchange: Exchange = unsafe object(context?.pointee) else { return }
    unsafe context?.pointee = nil
    exchange.end()
}

private func object<Object: AnyObject>(_ pointer: UnsafeMutableRawPointer?) -> Object? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe Unmanaged<Object>.fromOpaque(pointer).takeUnretainedValue()
}

extension Duration {
    /// Whole nanoseconds, at most 292 years.
    var nanoseconds: Int64 {
        let (seconds, rest) = components
        let limit: Int64 = 9_223_372_036
        return min(max(seconds, -limit), limit - 1) * 1_000_000_000 + rest / 1_000_000_000
    }
}
