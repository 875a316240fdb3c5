import Linux
import Systemd
import TestSupport
import Testing

@Suite struct EventSourceTests {
    private let loop: EventLoop
    private let folder: TemporaryDirectory

    init() throws {
        loop = try EventLoop()
        folder = try TemporaryDirectory()
    }

    @Test func `a timer that was disarmed stays silent until it is armed again`() throws {
        var calls = 0
        let timer = try loop.timer { calls += 1 }
        timer.arm(at: Clocks.boot() + 5_000_000)
        timer.disarm()
        try turn(loop, for: .milliseconds(30))
        #expect(calls == 0)
        timer.arm(at: 0)
        try turn(loop) { calls == 1 }
        timer.arm(at: Int64.max)
        try turn(loop, for: .milliseconds(10))
        #expect(calls == 1)
    }

    @Test func `a timer may arm itself again in its own call`() throws {
        final class Holder { var timer: EventSource? }
        let holder = Holder()
        var calls = 0
        holder.timer = try loop.timer {
            calls += 1
            holder.timer?.arm(at: Clocks.boot() + 1_000_000)
        }
        holder.timer?.arm(at: Clocks.boot())
        try turn(loop) { calls == 5 }
        holder.timer = nil
        try turn(loop, for: .milliseconds(10))
        #expect(calls == 5)
    }

    @Test func `the time of a turn stands still within it`() throws {
        var times: [Int64] = []
        let before = Clocks.boot()
        let timer = try loop.timer { [loop] in
            times.append(loop.turnTime)
            let start = Clocks.boot()
            while Clocks.boot() < start + 3_000_000 {}
            times.append(loop.turnTime)
        }
        timer.arm(at: before)
        try turn(loop) { times.count == 2 }
        #expect(times[0] == times[1])
        // The loop's own clock counts microseconds.
        #expect(times[0] > before - 1000 && times[0] <= Clocks.boot())
        timer.disarm()
    }

    @Test func `a source that has ended is not called for what was ready before`() throws {
        final class Holder { var sources: [String: Held] = [:] }
        final class Held {
            let source: EventSource
            init(_ source: consuming EventSource) { self.source = source }
        }
        let ends = try Files.pipe()
        let reading = Descriptor(taking: ends.reading)
        let other = try Files.pipe()
        let otherReading = Descriptor(taking: other.reading)
        let writing = [Descriptor(taking: ends.writing).take(), Descriptor(taking: other.writing).take()]
        let holder = Holder()
        var calls: [String] = []
        holder.sources["first"] = Held(
            try loop.watch(reading.number, for: .read, priority: .exits) { _ in
                calls.append("first")
                holder.sources = [:]
            })
        holder.sources["second"] = Held(
            try loop.watch(otherReading.number, for: .read) { _ in calls.append("second") })
        for number in writing { try Files.writeAll([1], to: Descriptor(taking: number)) }
        try turn(loop) { !calls.isEmpty }
        try turn(loop, for: .milliseconds(20))
        #expect(calls == ["first"])
    }

    @Test func `what is deferred runs later, once for each time it is armed`() throws {
        var calls = 0
        let later = try loop.deferred { calls += 1 }
        try turn(loop, for: .milliseconds(10))
        #expect(calls == 0)
        for _ in 0..<3 {
            later.arm()
            later.arm()
            #expect(try loop.turn(timeout: .seconds(1)))
        }
        try turn(loop, for: .milliseconds(10))
        #expect(calls == 3)
    }

    @Test func `a pipe says that it can be read, and that the other end is gone`() throws {
        let ends = try Files.pipe()
        let reading = Descriptor(taking: ends.reading)
        var seen: [Readiness] = []
        let source = try loop.watch(reading.number, for: .read) { readiness in
            seen.append(readiness)
            _ = try? Files.readOnce(reading, most: 10)
        }
        try Files.writeAll([1, 2], to: Descriptor(taking: ends.writing))
        try turn(loop) { seen.count >= 2 }
        #expect(seen[0].contains(.read))
        #expect(seen[1].contains(.hangup))
        source.watch(for: [])
    }

    @Test func `a regular file can't be watched, and the error says which call`() throws {
        let file = try Files.open(try folder.write("", to: "file"))
        let error = #expect(throws: SystemCallError.self) {
            _ = try loop.watch(file.number, for: .read) { _ in }
        }
        #expect(error?.call == "sd_event_add_io")
        #expect(error?.isPermission == true)
    }

    @Test func `a loop that was told to exit ends its run`() throws {
        let later = try loop.deferred { [loop] in loop.exit() }
        later.arm()
        try loop.run()
        #expect(throws: SystemCallError.self) { try loop.turn(timeout: .zero) }
    }

    @Test func `a turn without an event ends with its time, rounded up`() throws {
        let start = Clocks.boot()
        #expect(try !loop.turn(timeout: .nanoseconds(20_000_001)))
        #expect(Clocks.boot() - start >= 20_000_000)
        #expect(try !loop.turn(timeout: .zero))
        #expect(try !loop.turn(timeout: .seconds(-1)))
    }

    // MARK: Folders

    @Test func `what happens in a folder is heard by name`() throws {
        var events: [FolderEvent] = []
        let hints = try FolderHints()
        let watch = try hints.watch(folder.path, for: [.content, .itself])
        // What happens before somebody listens is kept.
        try folder.move("text", to: "early.yaml")
        let source = try hints.listen(on: loop) { from, event in
            #expect(from == watch)
            events.append(event)
        }
        try turn(loop) { events.contains { $0.name == "early.yaml" } }
        try folder.move("text", to: "billing.yaml")
        try turn(loop) { events.contains { $0.name == "billing.yaml" } }
        events = []
        folder.remove(name: "billing.yaml")
        try turn(loop) { events.contains { $0.name == "billing.yaml" } }
        #expect(events.allSatisfy { !$0.isItself })
        withExtendedLifetime(source) {}
    }

    @Test func `a folder that goes says so itself`() throws {
        var events: [FolderEvent] = []
        let inner = try folder.makeFolder("instances.d")
        let hints = try FolderHints()
        _ = try hints.watch(inner, for: [.content, .itself])
        let source = try hints.listen(on: loop) { events.append($1) }
        folder.remove(name: "instances.d")
        try turn(loop) { events.contains { $0.isItself } }
        #expect(events.first { $0.isItself }?.name == nil)
        withExtendedLifetime(source) {}
    }

    @Test func `a folder that isn't there can't be listened to`() {
        let error = #expect(throws: SystemCallError.self) {
            _ = try FolderHints().watch(folder.path("gone"), for: .content)
        }
        #expect(error?.isNotFound == true)
    }
}
