import Linux
import TestSupport

/// Ports of 127.0.0.1 below those that the kernel hands to outgoing connections: one stays free while its owner is away.
enum Ports {
    private static let range: ClosedRange<Int> = 15_000...31_999

    /// A port that nobody listens on.
    static func free() throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: range)
            guard let address = SocketAddress("127.0.0.1", port: port), (try? Sockets.listen(on: address)) != nil else {
                continue
            }
            return port
        }
        return Int(try Surroundings.freePort())
    }
}
