internal import Glibc
internal import Linux

/// What is there on the machine that tests run on, and where the tree is; for `.enabled(if:)`, so that each skip has a name.
package enum Surroundings {
    /// The package's own folder.
    package static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    /// Where contract, real registries and observations are: `BEATD_SHARED`, else beside the package.
    package static let shared = Environment.value("BEATD_SHARED") ?? root + "/../shared"

    /// Whether a file or folder is there, by its path in `shared`.
    package static func hasShared(_ path: String) -> Bool { exists("\(shared)/\(path)") }

    /// Whether something is at the path.
    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// What is about permission can't fail as root: see `becomeNobody`.
    package static let isRoot = geteuid() == 0

    /// Gives up being root, for the rest of the process: only in the body of `#expect(processExitsWith:)`.
    ///
    /// The number is that of Debian's `nobody`. Without root nothing happens, and permission means something anyway.
    package static func becomeNobody() {
        guard geteuid() == 0 else { return }
        guard setgroups(0, nil) == 0, setgid(65_534) == 0, setuid(65_534) == 0 else {
            preconditionFailure("root may always give itself up")
        }
    }

    /// The folder with the executables of this build: where the running test bundle is.
    package static let products: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard unsafe realpath(bundle, &buffer) != nil else { return root + "/.build/debug" }
        let full = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return full.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    }()

    /// A program of this build by its name: `beatd`, `beatd-dev-registry`.
    package static func product(_ name: String) -> String { "\(products)/\(name)" }

    /// A TCP port of 127.0.0.1 that nobody listened on a moment ago.
    ///
    /// Somebody may take it before the test does: where the subject can listen on port 0, let it.
    package static func freePort() throws -> UInt16 {
        guard let any = SocketAddress("127.0.0.1", port: 0) else { return 0 }
        let socket = try Sockets.listen(on: any)
        guard let name = Sockets.name(of: socket) else { throw SystemCallError(call: "getsockname", code: EINVAL) }
        return name.port
    }
}
