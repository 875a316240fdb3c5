import CCurl
import Linux
import Systemd

/// Something that libcurl works on until it is done.
protocol MultiMember: AnyObject {
    /// Notes how it went, and lets go what it took.
    func finish(_ code: CURLcode)
    /// Tells its owner, who may do what he likes with all others.
    func tell()
}

/// Drives libcurl on the loop: it says which sockets and which time it waits for, the loop says what came.
@safe final class Multi {
    private let loop: EventLoop
    private let priority: Priority
    private let handle: UnsafeMutableRawPointer
    private var timer: EventSource?
    private var sockets: [Int32: SocketWatch] = [:]
    private var members: [UnsafeMutableRawPointer: Member] = unsafe [:]

    private final class SocketWatch {
        let source: EventSource

        init(_ source: consuming EventSource) { self.source = source }
    }

    private struct Member {
        weak var object: (any MultiMember)?
    }

    init(loop: EventLoop, priority: Priority) throws(TransferError) {
        guard let handle = unsafe curl_multi_init() else { throw TransferError(.misused, "no memory for libcurl") }
        self.loop = loop
        self.priority = priority
        unsafe self.handle = handle
        do throws(SystemCallError) {
            timer = try loop.timer(priority: priority) { [unowned self] in act(on: CURL_SOCKET_TIMEOUT, mask: 0) }
        } catch {
            throw TransferError(.misused, error.description)
        }
        let userdata = unsafe Unmanaged.passUnretained(self).toOpaque()  // we clean the handle up before we end
        unsafe try check("curl_multi_setopt", beatd_curl_multi_on_socket(handle, socketChanged))
        unsafe try check("curl_multi_setopt", beatd_curl_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, userdata))
        unsafe try check("curl_multi_setopt", beatd_curl_multi_on_timer(handle, timeChanged))
        unsafe try check("curl_multi_setopt", beatd_curl_multi_set_pointer(handle, CURLMOPT_TIMERDATA, userdata))
    }

    deinit {
        unsafe _ = curl_multi_cleanup(handle)  // calls back for the sockets it lets go
        sockets = [:]
        timer = nil
    }

    /// Begins to work on a handle, in a later turn; `member` is told.
    func add(_ easy: Easy, for member: any MultiMember) throws(TransferError) {
        unsafe members[easy.handle] = Member(object: member)
        unsafe try check("curl_multi_add_handle", curl_multi_add_handle(handle, easy.handle))
    }

    /// Lets the handle go, finished or not; its connection may serve another.
    func remove(_ easy: Easy) {
        forget(easy)
        _ = unsafe curl_multi_remove_handle(handle, easy.handle)  // it fails only for what it doesn't have
    }

    /// The handle stays, and so its connection, but nobody is told any more.
    func forget(_ easy: Easy) { unsafe members[easy.handle] = nil }

    func watch(_ socket: Int32, for readiness: Readiness, priority: Priority, _ body: @escaping (Readiness) -> Void)
        throws(SystemCallError) -> EventSource
    {
        try loop.watch(socket, for: readiness, priority: priority, body)
    }

    // MARK: What the loop says

    private func act(on socket: Int32, mask: Int32) {
        var running: Int32 = 0
        _ = unsafe curl_multi_socket_action(handle, socket, mask, &running)  // each handle says what became of it
        collect()
    }

    /// Takes all that are done, then tells: whoever is told may add and remove handles, and finds his in order.
    private func collect() {
        var done: [any MultiMember] = []
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(handle, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else {
                continue
            }
            let code = unsafe beatd_curl_result(message)
            guard let member = unsafe members.removeValue(forKey: easy)?.object else { continue }
            member.finish(code)
            done.append(member)
        }
        for member in done { member.tell() }
    }

    // MARK: What libcurl says

    /// Never calls libcurl, which would refuse.
    fileprivate func wait(for socket: Int32, _ what: Int32) -> Int32 {
        var readiness: Readiness = []
        switch what {
        case CURL_POLL_IN: readiness = .read
        case CURL_POLL_OUT: readiness = .write
        case CURL_POLL_INOUT: readiness = [.read, .write]
        case CURL_POLL_REMOVE:
            sockets[socket] = nil
            return 0
        default: break
        }
        if let watch = sockets[socket] {
            watch.source.watch(for: readiness)
            return 0
        }
        do throws(SystemCallError) {
            let source = try loop.watch(socket, for: readiness, priority: priority) { [unowned self] ready in
                act(on: socket, mask: Self.mask(ready))
            }
            sockets[socket] = SocketWatch(source)
            return 0
        } catch {
            return -1  // libcurl ends what it was doing
        }
    }

    fileprivate func wait(milliseconds: Int) {
        guard milliseconds >= 0 else {
            timer?.disarm()
            return
        }
        timer?.arm(at: Clocks.boot() + Int64(milliseconds) * 1_000_000)
    }

    private static func mask(_ ready: Readiness) -> Int32 {
        var mask: Int32 = 0
        if ready.contains(.read) { mask |= CURL_CSELECT_IN }
        if ready.contains(.write) { mask |= CURL_CSELECT_OUT }
        if !ready.isDisjoint(with: [.error, .hangup]) { mask |= CURL_CSELECT_ERR }
        return mask
    }

    private func check(_ call: String, _ code: CURLMcode) throws(TransferError) {
        guard code == CURLM_OK else { throw TransferError.failed(call: call, code: code) }
    }
}

private func socketChanged(
    _: UnsafeMutableRawPointer?, _ socket: Int32, _ what: Int32, _ multi: UnsafeMutableRawPointer?,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    guard let multi = unsafe multi else { return -1 }
    return unsafe Unmanaged<Multi>.fromOpaque(multi).takeUnretainedValue().wait(for: socket, what)
}

private func timeChanged(_: UnsafeMutableRawPointer?, _ milliseconds: Int, _ multi: UnsafeMutableRawPointer?) -> Int32 {
    guard let multi = unsafe multi else { return -1 }
    unsafe Unmanaged<Multi>.fromOpaque(multi).takeUnretainedValue().wait(milliseconds: milliseconds)
    return 0
}
