import TestSupport

/// A process that listens, and does nothing else: it never accepts.
final class Listening {
    let port: Int
    private let host: String
    private let isIPv6Only: Bool
    private var process: TestProcess?

    /// On one address, or on all with `0.0.0.0` or `::`.
    init(on host: String, isIPv6Only: Bool = false) throws {
        port = try Ports.free()
        self.host = host
        self.isIPv6Only = isIPv6Only
        try start()
    }

    func start() throws {
        let options =
            "LocalHost => '\(host)', LocalPort => \(port), Listen => 8, ReuseAddr => 1, V6Only => \(isIPv6Only ? 1 : 0)"
        let process = try TestProcess(
            perl: """
                use IO::Socket::IP;
                $| = 1;
                my $socket = IO::Socket::IP->new(\(options)) or die $@;
                $SIG{USR1} = sub { close $socket; print "closed\\n" };
                print "listens\\n";
                sleep 3600 while 1;
                """)
        guard try process.line() == "listens" else { throw Unexpected("nobody listens on \(host):\(port)") }
        self.process = process
    }

    /// The listener is closed, the process lives on.
    func close() throws {
        process?.send(10)
        guard try process?.line(1) == "closed" else { throw Unexpected("the listener stays open") }
    }

    func kill() throws {
        process?.kill()
        try process?.awaitEnding()
    }
}
