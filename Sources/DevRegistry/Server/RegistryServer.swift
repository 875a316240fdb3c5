internal import HTTPServer
internal import Linux
internal import Systemd

/// The thin part: takes requests from the network, asks the routes, sends and logs what they say.
final class RegistryServer {
    private var routes: Routes
    private var log = RequestLog()
    private let options: Options
    private let url: String
    private var server: HTTPServer?
    /// Nil: answers leave at once.
    private let late: LateAnswers?

    /// The address with its port, as the kernel gave it.
    init(_ loop: EventLoop, listening listener: consuming Descriptor, at address: SocketAddress, _ options: Options)
        throws(SystemCallError)
    {
        self.options = options
        url = "http://\(address)\(options.contextPath)"
        var store = Store(timing: options.timing, rules: options.rules)
        store.begin(at: Self.now)
        routes = Routes(store: store, contextPath: options.contextPath, v1: options.v1)
        late = options.delay > .zero ? try LateAnswers(loop, delay: options.delay) : nil
        server = try HTTPServer(loop: loop, listening: listener, limits: limits) { [unowned self] request, responder in
            answer(request, through: responder)
        }
    }

    var name: String { url }

    func stop(then done: @escaping () -> Void) { server?.stop(within: .seconds(1), then: done) }

    private var limits: HTTPServer.Limits {
        var limits = HTTPServer.Limits()
        limits.connections = 1000
        limits.idle = options.isLikeNacos && options.rules.hold(.idleConnectionsClose) ? .seconds(60) : .zero
        limits.head = 32 * 1024
        // As much of a form as Tomcat reads.
        limits.body = 2 * 1024 * 1024
        return limits
    }

    private static var now: Moment { Moment(boot: Clocks.boot(), wall: Clocks.wall()) }

    /// What is asked for is done at once, also where the answer is late; the page and the log never are.
    private func answer(_ request: Request, through responder: Responder) {
        let now = Self.now
        if let own = own(request, at: now) { return responder.send(own) }
        let response = response(to: request, at: now)
        guard let late else { return responder.send(response) }
        late.send(response, through: responder)
    }

    private func response(to request: Request, at now: Moment) -> Response {
        var pairs = request.query
        let type = request.header("Content-Type")?.lowercased() ?? ""
        if type.contains("form-urlencoded"), options.rules.hold(.parametersInForm) { pairs += request.form() }
        let call = Call(method: request.method, path: request.path, parameters: Parameters(pairs))
        let answer = routes.answer(call, at: now)
        let line = log.add(call, answer, connection: request.connection.number, at: now)
        if !options.isQuiet { Terminals.write(line + "\n", to: 1) }
        return Response(
            status: answer.status, headers: answer.type.map { [("Content-Type", $0)] } ?? [],
            body: Array(answer.body.utf8), closes: closes(request, answer), isChunked: answer.isChunked)
    }

    /// What a real one does to a connection (registries/observed/nacos-1x-2x.md, "Connections").
    private func closes(_ request: Request, _ answer: Answer) -> Bool {
        guard options.isLikeNacos else { return false }
        if request.requestNumber >= 100, options.rules.hold(.hundredRequests) { return true }
        return [400, 500, 501].contains(answer.status) && options.rules.hold(.refusalsClose)
    }

    /// The page and the log; they are not logged themselves.
    private func own(_ request: Request, at now: Moment) -> Response? {
        guard request.method == "GET" else { return nil }
        switch request.path {
        case "/":
            let page = Page(url: url, options: options).html(routes.everything(at: now), at: now)
            return Response(status: 200, text: page, type: "text/html; charset=utf-8")
        case "/beatd/requests":
            let since = request.query.last { $0.name == "since" }.flatMap { Int($0.value) } ?? 0
            let lines = log.lines(since: since).map { $0 + "\n" }.joined()
            return Response(status: 200, text: lines, type: "application/x-ndjson")
        default: return nil
        }
    }
}
