package import Linux

/// A loop with its workers, and a way to wait for one job, though not for ever: for whoever has no loop that turns yet.
package final class Patience {
    /// The loop that turns while a job is waited for; whoever made this may run it later.
    package let loop: EventLoop
    /// What hangs there hangs for everybody who uses them later.
    package let workers: Workers
    /// Names file systems for sentences.
    package let mounts = Mounts()

    /// Starts a thread.
    package init() throws(SystemCallError) {
        loop = try EventLoop()
        workers = try Workers(loop: loop)
    }

    /// Gives what `job` gives; throws where the file system of `path` doesn't answer within `limit`.
    package func run<Value: Sendable>(
        _ work: String, at path: String, within limit: Duration, _ job: @escaping @Sendable () -> Value
    ) throws(Silence) -> Value {
        let subject = mounts.subject(of: path)
        let began = Clocks.boot()
        var first: Answer<Value>?
        workers.submit(
            in: Lane(.own, key: work, subject: subject), limit: limit, job, then: { first = first ?? $0 })
        while first == nil {
            do throws(SystemCallError) { try loop.turn(timeout: limit) } catch {
                throw Silence(subject: subject, since: began)
            }
        }
        switch first {
        case .value(let value), .late(let value): return value
        case .silence(let silence), .givenUp(let silence): throw silence
        case nil: throw Silence(subject: subject, since: began)
        }
    }
}
