import Linux
import TestSupport

/// A port whose connections never open: its line of waiting ones is full, and nobody takes from it.
final class Blackhole {
    let port: Int
    private let process: TestProcess

    init() throws {
        process = try TestProcess(
            perl: """
                use IO::Socket::INET; $| = 1;
                my $l = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die;
                my @c = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $l->sockport, Blocking => 0) } 1 .. 8;
                print $l->sockport, qq(\\n); sleep 3600;
                """)
        guard let port = Int(try process.line()) else { throw Unexpected("no port") }
        self.port = port
    }
}
