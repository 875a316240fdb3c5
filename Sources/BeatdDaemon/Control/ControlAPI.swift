import BeatdCore
import BeatdHost
import HTTPServer
import Linux

/// Answers over the control socket (contract 7.1), from what the daemon is at that moment.
struct ControlAPI {
    let permission: () -> ControlPermission
    let report: () -> StatusReport
    let instance: (String) -> InstanceStatus?
    /// Reads everything again for whoever asks.
    let reload: (Reloads.Asker) -> Void

    /// A command that waits longer should ask again.
    static let longestWait = Duration.seconds(3600)

    /// Answers now, piece by piece, or when what was asked for is done.
    func answer(_ request: Request, _ responder: Responder) {
        guard let peer = request.peer, permission().allows(peer) else {
            let sentence = "only root, the user of beatd and the group \(ControlSocket.group) may ask"
            return responder.send(Self.error(403, "not-permitted", sentence))
        }
        switch request.path {
        case "/v1/reload": answerReload(request, responder)
        case "/v1/status" where Self.isRead(request):
            let names = request.query.filter { $0.name == "name" }.map(\.value)
            var pieces = report().of(names).pieces
            responder.send(Self.json(200, [])) { pieces.next() }
        default: responder.send(answer(request))
        }
    }

    private func answer(_ request: Request) -> Response {
        let words = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard words.first == "v1" else { return Self.notFound(request.path) }
        switch words.dropFirst() {
        case ["version"]: return get(request) { Self.version }
        case ["status"]: return Self.notRead(request)
        case let rest where rest.count == 2 && rest.first == "instances":
            let name = rest.last.flatMap(Self.decoded) ?? ""
            guard let found = instance(name) else {
                return Self.error(404, "no-such-instance", "no instance is called '\(name)'")
            }
            return get(request) { report().json(of: found) }
        default: return Self.notFound(request.path)
        }
    }

    private func answerReload(_ request: Request, _ responder: Responder) {
        guard request.method == "POST" else {
            return responder.send(Self.error(405, "method-not-allowed", "\(request.path) is asked for with POST"))
        }
        var wait: Duration?
        if let text = request.query.first(where: { $0.name == "wait" })?.value {
            guard case .value(let length) = DurationText(text), length <= Self.longestWait else {
                return responder.send(Self.error(400, "bad-wait", "wait must be a time up to 1h, such as 60s"))
            }
            wait = length
        }
        reload(
            Reloads.Asker(
                wait: wait, isGone: { responder.isGone }, then: { responder.send(Self.response(to: $0)) }))
    }

    private static func response(to outcome: Reloads.Outcome) -> Response {
        switch outcome {
        case .done(let result): json(200, result.json)
        case .stopping: error(503, "stopping", "beatd stops, and reads nothing any more")
        case .tooMany: error(503, "too-many", "\(Reloads.mostAskers) others wait for a reload; ask again later")
        }
    }

    private func get(_ request: Request, _ body: () -> [UInt8]) -> Response {
        Self.isRead(request) ? Self.json(200, body()) : Self.notRead(request)
    }

    private static func isRead(_ request: Request) -> Bool { request.method == "GET" || request.method == "HEAD" }

    private static func notRead(_ request: Request) -> Response {
        error(405, "method-not-allowed", "\(request.path) is read with GET")
    }

    private static var version: [UInt8] {
        var writer = JSONWriter()
        writer.object { json in
            json.text("version", Version.current)
            json.number("pid", Int(Accounts.pid))
        }
        return writer.bytes
    }

    private static func notFound(_ path: String) -> Response {
        error(404, "not-found", "\(path) is not part of this version's control API")
    }

    private static func error(_ status: Int, _ code: String, _ message: String) -> Response {
        var writer = JSONWriter()
        writer.object { root in
            root.object("error") { json in
                json.text("code", code)
                json.text("message", message)
            }
        }
        return json(status, writer.bytes)
    }

    private static func json(_ status: Int, _ body: [UInt8]) -> Response {
        Response(status: status, headers: [("Content-Type", "application/json")], body: body)
    }

    /// Percent-decoding (RFC 3986), which NAMEs need for `@` at most; nil where it is broken.
    private static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
