internal import Glibc

/// The call behind `ChildProcess`: posix_spawn(3) with its two C structs made, filled and freed.
enum Spawn {
    static func start(
        _ program: String, _ arguments: [String], _ environment: [String], _ streams: [ChildProcess.Stream]
    ) throws(SystemCallError) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (target, stream) in streams.enumerated() { unsafe add(stream, as: Int32(target), to: &actions) }

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var pid: pid_t = 0
        let code = unsafe with([program] + arguments) { arguments in
            unsafe with(environment) { environment in
                unsafe posix_spawn(&pid, program, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else { throw SystemCallError(call: "posix_spawn", code: code, subject: program) }
        return pid
    }

    private static func add(
        _ stream: ChildProcess.Stream, as target: Int32, to actions: inout posix_spawn_file_actions_t
    ) {
        switch stream {
        case .null: unsafe posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0)
        // Onto itself: takes the close-on-exec mark off, should there be one.
        case .inherited: unsafe posix_spawn_file_actions_adddup2(&actions, target, target)
        case .descriptor(let number): unsafe posix_spawn_file_actions_adddup2(&actions, number, target)
        case .file(let path):
            unsafe posix_spawn_file_actions_addopen(&actions, target, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
    }

    /// The strings as C wants them: pointers with a nil at the end, alive while `body` runs.
    private static func with<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = unsafe strings.map { unsafe strdup($0) }
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        return unsafe body(copies + [nil])
    }
}
