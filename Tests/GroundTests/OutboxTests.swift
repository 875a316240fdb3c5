import Linux
import Systemd
import TestSupport
import Testing

@Suite struct OutboxTests {
    private let reading: Reader
    private let outbox: Outbox

    private static func line(_ text: String) -> [UInt8] { Array((text + "\n").utf8) }

    private final class Reader {
        let end: Descriptor
        init(_ end: consuming Descriptor) { self.end = end }
    }

    /// The writing end, for a closure that keeps it.
    private final class End: Sendable {
        let number: Int32
        init(_ number: Int32) { self.number = number }
        deinit { _ = Descriptor(taking: number) }
    }

    init() throws {
        let ends = try Files.pipe()
        reading = Reader(Descriptor(taking: ends.reading))
        let writing = End(ends.writing)
        outbox = try Outbox(
            mostBytes: 100_000, loss: { Self.line("lost \($0)") },
            deliver: { Terminals.write($0, to: writing.number) })
    }

    /// Takes what comes until a line begins so.
    private func read(until last: String) throws -> [String] {
        var text = ""
        try eventually {
            text += String(decoding: (try? Files.readOnce(reading.end, most: 1 << 16)) ?? [], as: UTF8.self)
            return text.hasSuffix("\n") && text.split(separator: "\n").last?.hasPrefix(last) == true
        }
        return text.split(separator: "\n").map(String.init)
    }

    @Test func `what is read comes in order, and the end waits for it`() throws {
        for number in 0..<1000 { outbox.put(Self.line("\(number)")) }
        #expect(outbox.flush(within: .seconds(20)))
        #expect(try read(until: "999") == (0..<1000).map(String.init))
    }

    @Test func `a reader that hangs loses lines, is told how many, and holds nobody up`() throws {
        // 64 KiB are in the pipe, and 100,000 bytes in the line. With a put that waits this would never end.
        let long = String(repeating: "x", count: 94)
        for number in 1000..<4000 { outbox.put(Self.line("\(number) \(long)")) }
        #expect(!outbox.flush(within: .milliseconds(10)))
        // How much is lost at a time is the threads' affair: each gap is told where it is, and by its size.
        var next = 1000
        var lost = 0
        while next < 4000 {
            for line in try read(until: "") {
                if line.hasPrefix("lost ") {
                    let count = try #require(Int(line.dropFirst("lost ".count)))
                    lost += count
                    next += count
                } else {
                    #expect(line == "\(next) \(long)")
                    next += 1
                }
            }
        }
        #expect(next == 4000)
        #expect(lost > 1000)
        outbox.put(Self.line("read again"))
        #expect(try read(until: "read again") == ["read again"])
    }
}
