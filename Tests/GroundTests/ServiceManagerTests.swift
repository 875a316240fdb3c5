import Glibc
import Linux
import Systemd
import TestSupport
import Testing

/// Each of them runs in a process of its own: they change what belongs to the whole process.
@Suite struct ServiceManagerTests {
    @Test func `a word to the manager arrives, in one piece`() async {
        await #expect(processExitsWith: .success) {
            let manager = try NotifySocket()
            #expect(!Notify.isHeard)
            #expect(!Notify.send(["READY=1"]))
            unsafe setenv("NOTIFY_SOCKET", manager.path, 1)
            #expect(Notify.isHeard)
            #expect(Notify.send(["READY=1", "STATUS=3 up"]))
            try manager.wait(for: "READY=1")
            #expect(manager.lines == ["READY=1", "STATUS=3 up"])
        }
    }

    @Test func `the unit's wish for signs of life is known, and the turning loop gives them`() async {
        await #expect(processExitsWith: .success) {
            #expect(Notify.watchdog == nil)
            let manager = try NotifySocket()
            unsafe setenv("NOTIFY_SOCKET", manager.path, 1)
            unsafe setenv("WATCHDOG_USEC", "100000", 1)
            unsafe setenv("WATCHDOG_PID", "\(Accounts.pid)", 1)
            #expect(Notify.watchdog == .milliseconds(100))
            let loop = try EventLoop()
            loop.feedWatchdog()
            try turn(loop) {
                manager.receive()
                return manager.lines.filter { $0 == "WATCHDOG=1" }.count >= 2
            }
        }
    }

    @Test func `a signal is an event of the loop, also with workers there`() async {
        await #expect(processExitsWith: .success) {
            let loop = try EventLoop()
            let workers = try Workers(loop: loop)
            var blocked: UInt64?
            workers.submit(
                in: Lane(.own, key: "status", subject: "status"), limit: .seconds(60),
                { (try? Files.read(try Files.open("/proc/thread-self/status"), limit: 1 << 16)) ?? [] },
                then: { answer in
                    guard case .value(let status) = answer else { return }
                    let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
                    blocked = lines.first { $0.hasPrefix("SigBlk:") }.flatMap { UInt64($0.suffix(16), radix: 16) }
                })
            var seen: [Signal] = []
            let terminate = try loop.signal(.terminate) { seen.append(.terminate) }
            let hangup = try loop.signal(.hangup, priority: .people) { seen.append(.hangup) }
            raise(SIGHUP)
            raise(SIGTERM)
            try turn(loop) { seen.count == 2 && blocked != nil }
            #expect(seen == [.terminate, .hangup])
            let both = UInt64(1) << (SIGHUP - 1) | UInt64(1) << (SIGTERM - 1)
            #expect((blocked ?? 0) & both == both)
            withExtendedLifetime(workers) {}
            terminate.disarm()
            hangup.disarm()
        }
    }

    @Test func `the journal's stream is known by its inode alone`() async {
        await #expect(processExitsWith: .success) {
            var status = stat()
            unsafe fstat(2, &status)
            unsafe setenv("JOURNAL_STREAM", "\(status.st_dev):\(status.st_ino)", 1)
            #expect(Journal.isOurStandardError)
        }
        await #expect(processExitsWith: .success) {
            unsafe setenv("JOURNAL_STREAM", "1:2", 1)
            #expect(!Journal.isOurStandardError)
        }
    }

    @Test func `a record for the journal may hold anything`() {
        #expect(Journal.send([("MESSAGE", "two\nlines"), ("PRIORITY", "6"), ("BEATD_EMPTY", "")]))
    }
}
