import Linux
import Log
import Testing

@testable import BeatdDaemon

@Suite struct LogLinesTests {
    @Test func `a reader that hangs loses lines, is told how many, and holds nobody up`() throws {
        let ends = try Files.pipe()
        let reading = Descriptor(taking: ends.reading)
        let writing = Descriptor(taking: ends.writing)
        let log = LogLines(to: writing.number) { record in
            record.message + record.fields.map { " \($0.key)=\($0.value)" }.joined() + "\n"
        }
        log.write(LogRecord(.notice, "read"))
        while Terminals.offer(String(repeating: "x", count: 4096), to: writing.number, within: 0) {}
        // With a write that waits this would never end.
        for _ in 0..<1000 { log.write(LogRecord(.notice, "lost")) }
        while (try? Files.readOnce(reading, most: 1 << 16))?.isEmpty == false {}
        log.write(LogRecord(.notice, "read again"))
        let text = String(decoding: try Files.readOnce(reading, most: 1 << 16), as: UTF8.self)
        #expect(text == "Log lines lost; nobody read them lines=1000\nread again\n")
    }
}
