internal import Glibc
internal import Linux

/// Runs the body where root's rights don't reach: as uid 65534 where the tests run as root, else as it is.
///
/// What is about permission can't fail as root. The body has a thread of its own, since rights belong to threads
/// (credentials(7)); threads that it starts have them, too. Expect what it gives outside of it: a test isn't known there.
package func asOrdinaryUser<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
    let job = Job(body)
    var thread = pthread_t()
    let box = unsafe Unmanaged.passRetained(job)
    let code = unsafe pthread_create(
        &thread, nil,
        { box in
            if let box = unsafe box { unsafe Unmanaged<AnyJob>.fromOpaque(box).takeRetainedValue().run() }
            return nil
        }, box.toOpaque())
    guard code == 0 else {
        unsafe box.release()
        throw SystemCallError(call: "pthread_create", code: code)
    }
    pthread_join(thread, nil)
    guard let result = job.result else { throw SystemCallError(call: "pthread_join", code: EINVAL) }
    return try result.get()
}

private class AnyJob {
    func run() {}
}

private final class Job<Value: Sendable>: AnyJob {
    #if arch(arm64)
        private static var setGroups: Int { 149 }
        private static var setUsers: Int { 147 }
    #else
        private static var setGroups: Int { 119 }
        private static var setUsers: Int { 117 }
    #endif
    private let body: () throws -> Value
    /// Read after the thread was joined.
    private(set) var result: Result<Value, any Error>?

    init(_ body: @escaping () throws -> Value) { self.body = body }

    override func run() {
        if Surroundings.isRoot {
            // Not glibc's own setresuid(2), which sets all threads.
            let nobody = 65_534
            guard call(Self.setGroups, nobody) == 0, call(Self.setUsers, nobody) == 0 else {
                result = .failure(SystemCallError(call: "setresuid", code: errno))
                return
            }
        }
        result = Result { try body() }
    }

    /// By number (syscalls(2)): setresgid and setresuid, all three ids.
    private func call(_ number: Int, _ id: Int) -> Int {
        typealias Call = @convention(c) (Int, Int, Int, Int) -> Int
        guard let symbol = unsafe dlsym(nil, "syscall") else { return -1 }
        return unsafe unsafeBitCast(symbol, to: Call.self)(number, id, id, id)
    }
}
