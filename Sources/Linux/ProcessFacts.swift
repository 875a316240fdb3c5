internal import Glibc

/// What /proc says of a process (proc(5)).
///
/// Hold its pidfd before and ask `hasExited` after, or it may be another one's.
package struct ProcessFacts: Sendable {
    /// Nanoseconds since boot, to the kernel's tick of 10 ms.
    package var started: Int64
    /// Nanoseconds since 1970: the kernel's boot time plus `started`.
    package var startedAt: Int64
    package var isKernelThread: Bool
    package var comm: String
    /// Without ` (deleted)`; nil where it is closed to us or a kernel thread has none.
    package var executable: String?

    /// PF_KTHREAD of the kernel's include/linux/sched.h.
    private static let kernelThread: UInt64 = 0x0020_0000

    /// nil where the process is gone, or /proc hides it.
    package init?(_ pid: Int32) {
        guard let line = Self.read("/proc/\(pid)/stat", limit: 4096),
            let open = line.firstIndex(of: UInt8(ascii: "(")), let close = line.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        comm = String(decoding: line[(open + 1)..<close], as: UTF8.self)
        let fields = String(decoding: line[(close + 1)...], as: UTF8.self).split(separator: " ")
        // Counted from field 3, the state: flags are field 9, the start time field 22.
        guard fields.count > 19, let flags = UInt64(fields[6]), let ticks = Int64(fields[19]) else { return nil }
        isKernelThread = flags & Self.kernelThread != 0
        started = ticks * (1_000_000_000 / Int64(max(sysconf(Int32(_SC_CLK_TCK)), 1)))
        startedAt = Clocks.wall() - Clocks.boot() + started
        executable = Self.link("/proc/\(pid)/exe")
    }

    /// What the process was started as, which it can forge; nil where there is nobody or nothing.
    ///
    /// It is read from the process' own memory: that waits while somebody changes how that is laid out (mmap(2)), or for
    /// whatever file lies behind it. Not for the loop.
    package static func arguments0(of pid: Int32) -> String? {
        guard let bytes = read("/proc/\(pid)/cmdline", limit: 4096), !bytes.isEmpty else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Names this boot, so that an identity of another one never counts.
    package static let bootID: String = {
        let bytes = read("/proc/sys/kernel/random/boot_id", limit: 64) ?? []
        return String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
    }()

    private static func read(_ path: String, limit: Int) -> [UInt8]? {
        guard let file = try? Files.open(path) else { return nil }
        return try? Files.read(file, limit: limit)
    }

    private static func link(_ path: String) -> String? {
        guard let text = try? Files.target(ofLink: path), !text.isEmpty else { return nil }
        return text.hasSuffix(" (deleted)") ? String(text.dropLast(10)) : text
    }
}
