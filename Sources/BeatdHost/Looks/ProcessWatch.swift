package import BeatdCore
package import Linux
package import Systemd

/// Tells when processes end: their pidfds in one nested epoll, above everything else that the loop does.
package final class ProcessWatch {
    /// Who was seen last and may be watched next; beyond this, `watch` opens the process anew.
    static let mostCandidates = 256
    /// Deaths told in one turn; the rest follows in the next.
    private static let mostExits = 64

    private let epoll: Epoll
    let usesPidfs: Bool
    private let onExited: (ProcessIdentity) -> Void
    private var candidates: [String: HeldProcess] = [:]
    private var watched: [UInt64: HeldProcess] = [:]
    private var keys: [ProcessIdentity: UInt64] = [:]
    /// Wanted, but not watched: no descriptor was left.
    ///
    /// Their next look tries again.
    private var unheld: Set<ProcessIdentity> = []
    /// Ended between look and watch; told in a turn of their own.
    private var ended: [ProcessIdentity] = []
    private var issued: UInt64 = 0
    private var exits: EventSource?
    private var early: EventSource?

    /// Calls `onExited` once for each watched process that ends; never from inside `watch`.
    ///
    /// Without `usesPidfs` it acts as on a kernel before 6.9.
    package init(
        loop: EventLoop, usesPidfs: Bool = true, onExited: @escaping (ProcessIdentity) -> Void
    ) throws(SystemCallError) {
        epoll = try Epoll()
        self.usesPidfs = usesPidfs
        self.onExited = onExited
        exits = try loop.watch(epoll.number, for: .read, priority: .exits) { [unowned self] _ in self.tell() }
        early = try loop.deferred(priority: .exits) { [unowned self] in self.tellEarly() }
    }

    /// How many are watched.
    package var count: Int { watched.count }

    /// Tells when that process ends, at once if it has; the pidfd of its latest look is used while it is there.
    package func watch(_ identity: ProcessIdentity) {
        guard keys[identity] == nil, !ended.contains(identity) else { return }
        if let path = candidates.first(where: { $0.value.identity == identity })?.key {
            if let held = candidates.removeValue(forKey: path) { add(held) }
            return
        }
        reopen(identity)
    }

    package func unwatch(_ identity: ProcessIdentity) {
        unheld.remove(identity)
        ended.removeAll { $0 == identity }
        guard let key = keys.removeValue(forKey: identity), let held = watched.removeValue(forKey: key) else { return }
        epoll.remove(held.number)
    }

    /// Keeps hold of the process that a look at that pidfile found, until the next look or `watch`.
    func hold(_ held: HeldProcess?, for path: String) {
        forget(path)
        guard let held, keys[held.identity] == nil else { return }
        if unheld.contains(held.identity) {
            add(held)
        } else if candidates.count < Self.mostCandidates {
            candidates[path] = held
        }
    }

    /// A look found no process in that pidfile.
    func forget(_ path: String) { candidates[path] = nil }

    private func add(_ held: HeldProcess) {
        issued += 1
        do throws(SystemCallError) { try epoll.add(held.number, key: issued) } catch {
            unheld.insert(held.identity)
            return
        }
        unheld.remove(held.identity)
        watched[issued] = held
        keys[held.identity] = issued
    }

    private func reopen(_ identity: ProcessIdentity) {
        do throws(SystemCallError) {
            let handle = try ProcessHandle(identity.pid)
            let started = ProcessFacts(identity.pid)?.started
            // Another inode is another process; where there is none, the start time has to tell.
            let isSame =
                if let inode = identity.inode, usesPidfs {
                    handle.inode == inode
                } else {
                    started == identity.started.nanoseconds
                }
            if isSame {
                add(HeldProcess(identity, handle))
            } else {
                tellLater(identity)
            }
        } catch {
            if error.isExhausted || error.isUnsupported {
                unheld.insert(identity)
            } else {
                tellLater(identity)
            }
        }
    }

    private func tellLater(_ identity: ProcessIdentity) {
        ended.append(identity)
        early?.arm()
    }

    private func tellEarly() {
        let ended = self.ended
        self.ended = []
        for identity in ended { onExited(identity) }
    }

    private func tell() {
        for key in epoll.ready(most: Self.mostExits) {
            guard let held = watched.removeValue(forKey: key) else { continue }
            keys[held.identity] = nil
            onExited(held.identity)
        }
    }
}
