internal import Linux
internal import Systemd

/// The program beatd-dev-registry, from its arguments to its exit code.
package enum Program {
    /// Runs until SIGTERM or SIGINT.
    package static func run(_ arguments: [String]) -> Int32 {
        let options: Options
        do { options = try Options(arguments) } catch {
            complain(error.sentence)
            return 64
        }
        if options.wantsHelp {
            Terminals.write(Options.help, to: 1)
            return 0
        }
        guard let address = SocketAddress(options.host, port: options.port) else {
            complain("--host is '\(options.host)'; it must be a literal IPv4 or IPv6 address")
            return 64
        }
        do {
            try serve(address, options)
            return 0
        } catch {
            complain(sentence(error, address))
            return 1
        }
    }

    private static func serve(_ address: SocketAddress, _ options: Options) throws(SystemCallError) {
        let loop = try EventLoop()
        var server: RegistryServer?
        let leave = {
            guard let server else { return loop.exit() }
            server.stop { loop.exit() }
        }
        let terminate = try loop.signal(.terminate) { leave() }
        let interrupt = try loop.signal(.interrupt) { leave() }
        let listener = try Sockets.listen(on: address)
        let bound = Sockets.name(of: listener) ?? address
        let running = try RegistryServer(loop, listening: listener, at: bound, options)
        server = running
        Terminals.write("beatd-dev-registry listens at \(running.name)\n", to: 2)
        try loop.run()
        server = nil
        withExtendedLifetime(running) {}
        terminate.disarm()
        interrupt.disarm()
    }

    private static func sentence(_ error: SystemCallError, _ address: SocketAddress) -> String {
        guard error.isInUse else { return "can't listen on \(address): \(error)" }
        return "port \(address.port) of \(address.host) is taken; stop who listens there or give another --port"
    }

    private static func complain(_ sentence: String) {
        Terminals.write("beatd-dev-registry: \(sentence)\n", to: 2)
    }
}
