internal import CLinux
internal import Glibc

/// Many descriptors behind one, each of which speaks once (epoll(7), EPOLLONESHOT).
package struct Epoll: ~Copyable {
    private let descriptor: Descriptor

    /// Empty.
    package init() throws(SystemCallError) {
        descriptor = Descriptor(taking: try checked("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    /// Readable while something of it is.
    package var number: Int32 { descriptor.number }

    /// What a descriptor inside is waited for.
    package enum Interest: Sendable { case read, write }

    /// Says once when `other` is ready, by `key`.
    package func add(_ other: Int32, for interest: Interest = .read, key: UInt64) throws(SystemCallError) {
        var event = unsafe epoll_event()
        let ready = interest == .read ? EPOLLIN.rawValue : EPOLLOUT.rawValue
        unsafe event.events = ready | EPOLLONESHOT.rawValue
        unsafe event.data.u64 = key
        let number = descriptor.number
        try checked("epoll_ctl") { unsafe epoll_ctl(number, EPOLL_CTL_ADD, other, &event) }
    }

    /// Says nothing of that descriptor any more; one that isn't inside is no error.
    package func remove(_ other: Int32) {
        var event = unsafe epoll_event()
        unsafe _ = epoll_ctl(descriptor.number, EPOLL_CTL_DEL, other, &event)
    }

    /// The keys of up to `most` descriptors that are ready; never waits.
    package func ready(most: Int = 64) -> [UInt64] {
        var events = unsafe [epoll_event](repeating: epoll_event(), count: most)
        let count = unsafe epoll_wait(descriptor.number, &events, Int32(most), 0)
        return unsafe events.prefix(Int(max(count, 0))).map { unsafe $0.data.u64 }
    }
}
