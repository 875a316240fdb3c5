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
            #expect(Notify.send(["READY=1"]) == .nobody)
            unsafe setenv("NOTIFY_SOCKET", manager.path, 1)
            #expect(Notify.isHeard)
            #expect(Notify.send(["READY=1", "STATUS=3 up"]) == .taken)
            try manager.wait(for: "READY=1")
            #expect(manager.lines == ["READY=1", "STATUS=3 up"])
        }
    }

    @Test func `the unit's wish for signs of life is known`() async {
        await #expect(processExitsWith: .success) {
            #expect(Notify.watchdog == nil)
            unsafe setenv("WATCHDOG_USEC", "100000", 1)
            unsafe setenv("WATCHDOG_PID", "\(Accounts.pid)", 1)
            #expect(Notify.watchdog == .milliseconds(100))
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

    @Test func `a manager that doesn't read holds nobody up, and takes the words when it reads again`() async {
        await #expect(processExitsWith: .success) {
            let manager = try NotifySocket()
            unsafe setenv("NOTIFY_SOCKET", manager.path, 1)
            // With a send that waits this would never end.
            var count = 0
            while Notify.send(["STATUS=\(count)"]) == .taken { count += 1 }
            #expect(Notify.send(["READY=1"]) == .notNow)
            manager.receive()
            #expect(manager.lines.count == count)
            #expect(Notify.send(["READY=1"]) == .taken)
        }
    }

    @Test func `a manager with an abstract name is found, one that is being restarted is asked again`() async {
        await #expect(processExitsWith: .success) {
            let name = "@beatd-test-\(Accounts.pid)"
            unsafe setenv("NOTIFY_SOCKET", name, 1)
            #expect(Notify.send(["READY=1"]) == .notNow)
            let manager = try NotifySocket(named: name)
            #expect(Notify.send(["READY=1"]) == .taken)
            manager.receive()
            #expect(manager.lines == ["READY=1"])
        }
    }

    @Test func `a record for the journal may hold anything, by line or by length`() {
        let plain = Journal.record([("PRIORITY", "6"), ("BEATD_EMPTY", ""), ("MESSAGE", "a=b ö")])
        #expect(String(decoding: plain, as: UTF8.self) == "PRIORITY=6\nBEATD_EMPTY=\nMESSAGE=a=b ö\n")
        let broken = Journal.record([("MESSAGE", "two\nlines")])
        #expect(broken == Array("MESSAGE\n".utf8) + [9, 0, 0, 0, 0, 0, 0, 0] + Array("two\nlines\n".utf8))
    }

    @Test func `a value that is too long for the journal is cut off between two characters`() {
        let text = "x" + String(repeating: "ö", count: Journal.longestValue)
        let record = Journal.record([("MESSAGE", text)])
        #expect(record.count < Journal.longestValue + 20)
        #expect(String(validating: record, as: UTF8.self)?.hasSuffix("öö…\n") == true)
    }
}
