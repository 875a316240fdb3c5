import Linux
import TestSupport

/// The demo's service of the old kind: a port, a pidfile, and no idea of a registry.
final class LegacyService {
    let port: Int
    let pidfile: String
    private var process: TestProcess?

    init(in folder: TemporaryDirectory, name: String, isStarted: Bool = true) throws {
        port = try Ports.free()
        pidfile = folder.path("\(name).pid")
        if isStarted { try start() }
    }

    var pid: Int32 { process?.pid ?? 0 }

    func start() throws {
        let script = Surroundings.root + "/scripts/demo/legacy-service.pl"
        let process = try TestProcess("/usr/bin/perl", [script, "\(port)", pidfile])
        self.process = process
        try eventually { (try? TextFile.read(pidfile)) == "\(process.pid)\n" }
    }

    /// SIGKILL; gives the instant before it, in nanoseconds since boot.
    @discardableResult
    func kill() throws -> Int64 {
        let before = Clocks.boot()
        process?.kill()
        try process?.awaitEnding()
        process = nil
        return before
    }
}
