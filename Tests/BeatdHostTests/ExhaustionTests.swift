import BeatdCore
import Glibc
import Linux
import Testing

@testable import BeatdHost

/// beatd's own want is no verdict on anybody.
struct ExhaustionTests {
    private static let want = [EMFILE, ENFILE, ENOMEM]

    @Test(arguments: want) func `a look without a descriptor or memory could not be made`(_ code: Int32) {
        let error = SystemCallError(call: "open", code: code)
        let seen = [PidfileReading.sighting(of: error), ConnectLooks.sighting(of: error)]
        #expect(seen.allSatisfy { $0 == .hindered("open: \(error.reason)") })
        for kind in [ProbeKind.tcp(host: "127.0.0.1", port: 1), .pidfile(path: "/a", executable: nil)] {
            #expect(judge(kind, seen[0], LookMemory()).outcome == .unknown)
        }
    }

    @Test(arguments: [
        (ECONNREFUSED, Sighting.tcp(.refused)), (ECONNRESET, .tcp(.reset)), (ETIMEDOUT, .tcp(.timedOut)),
        (ENETUNREACH, .tcp(.failed("Network is unreachable"))),
    ])
    func `what the kernel says of a connection is told apart`(_ code: Int32, _ seen: Sighting) {
        #expect(ConnectLooks.sighting(of: SystemCallError(call: "connect", code: code)) == seen)
    }

    @Test func `a connection that a firewall forbids is nobody's fault`() {
        let seen = ConnectLooks.sighting(of: SystemCallError(call: "connect", code: EPERM))
        #expect(judge(.tcp(host: "127.0.0.1", port: 1), seen, LookMemory()).outcome == .unknown)
    }
}
