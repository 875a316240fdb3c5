import FoundationEssentials
import Testing
import YAML

struct YAMLTests {
    private func parse(_ text: String) throws(YAMLError) -> Node? { try YAML.parse(Array(text.utf8)) }

    private func refusal(_ text: String) -> YAMLError? {
        do {
            _ = try parse(text)
            return nil
        } catch {
            return error
        }
    }

    private func entries(_ text: String) throws -> [Node.Entry] {
        guard case .mapping(let entries) = try #require(try parse(text)).content else { return [] }
        return entries
    }

    @Test func `every value carries its line and column`() throws {
        let entries = try entries("service: orders\nprobes:\n  - port: 8080\n")
        #expect(entries.map(\.key) == ["service", "probes"])
        #expect(entries[0].keyMark == Mark(line: 1, column: 1))
        #expect(entries[0].value == Node(.scalar("orders", .plain), at: Mark(line: 1, column: 10)))
        let port = Node(.scalar("8080", .plain), at: Mark(line: 3, column: 11))
        let probe = Node(
            .mapping([Node.Entry(key: "port", keyMark: Mark(line: 3, column: 5), value: port)]),
            at: Mark(line: 3, column: 5))
        #expect(entries[1].value.content == .sequence([probe]))
    }

    @Test func `a scalar tells whether it was quoted`() throws {
        let values = try entries("a: 8080\nb: \"8080\"\nc: '8080'\nd: |\n  8080\ne: !!str 8080\nf: !!int \"8080\"\n")
            .map(
                \.value.content)
        #expect(values.prefix(3) == [.scalar("8080", .plain), .scalar("8080", .quoted), .scalar("8080", .quoted)])
        #expect(
            values.suffix(3) == [.scalar("8080\n", .quoted), .scalar("8080", .quoted), .scalar("8080", .plain)])
    }

    @Test(arguments: ["", "\n", "# nothing\n", "---\n", "--- # nothing\n...\n"])
    func `a document without a value is nil`(text: String) throws {
        #expect(try parse(text) == nil)
    }

    @Test func `JSON is read as it is`() throws {
        let entries = try entries(#"{"a": [1, true, null], "b": "\u00e9 😀"}"#)
        #expect(entries.map(\.key) == ["a", "b"])
        #expect(entries[1].value.content == .scalar("é 😀", .quoted))
        guard case .sequence(let items) = entries[0].value.content else {
            Issue.record("a list is a sequence")
            return
        }
        #expect(items.map(\.content) == ["1", "true", "null"].map { .scalar($0, .plain) })
    }

    @Test func `an alias stands for its anchor, and a merge key is a key like any other`() throws {
        let entries = try entries("a: &a {x: 1}\nb: *a\n<<: *a\n")
        #expect(entries.map(\.key) == ["a", "b", "<<"])
        #expect(entries[1].value.content == entries[0].value.content)
        #expect(entries[1].value.mark == Mark(line: 2, column: 4))
    }

    @Test func `a key that stands twice is refused with both lines`() {
        #expect(
            refusal("port: 1\nname: x\nport: 2\n")
                == YAMLError("'port' stands twice, in lines 1 and 3", at: Mark(line: 3, column: 1), key: "port"))
    }

    @Test func `what is not UTF-8 is refused with its place`() {
        let bytes = Array("name: é\nmotto: é".utf8) + [0xE9, 0x0A]
        #expect(throws: YAMLError("these bytes are not UTF-8; save the file as UTF-8", at: Mark(line: 2, column: 9))) {
            _ = try YAML.parse(bytes)
        }
    }

    @Test func `an escaped surrogate pair is refused with what to write instead`() throws {
        let error = try #require(refusal(#"{"a": "\ud83d\ude00"}"#))
        #expect(error.problem.contains("write the character itself"))
        #expect(error.mark?.line == 1)
    }

    @Test func `a control character is refused with its place and number`() {
        let problem = "control characters are not allowed (U+0001); write it as an escape in double quotes"
        #expect(refusal("a: 1\nb: x\u{1}y\n") == YAMLError(problem, at: Mark(line: 2, column: 5)))
    }

    @Test func `an error of syntax has a sentence and a place`() throws {
        let error = try #require(refusal("a: 1\nlist: [1, 2\nb: 3\n"))
        #expect(error.problem == "did not find expected ',' or ']' (while parsing a flow sequence of line 2)")
        #expect(error.mark == Mark(line: 3, column: 2))
    }

    @Test func `an alias bomb is refused by what it stands for`() throws {
        var text = "a: &a [x,x,x,x,x,x,x,x,x]\n"
        for (name, last) in zip("bcdefghi", "abcdefgh") {
            text += "\(name): &\(name) [\(Array(repeating: "*\(last)", count: 9).joined(separator: ","))]\n"
        }
        #expect(try #require(refusal(text)).problem.hasPrefix("there are more than 20000 values"))
    }

    @Test func `aliases can't build what is deeper than the limit`() throws {
        let open = String(repeating: "[", count: 20)
        let close = String(repeating: "]", count: 20)
        let error = try #require(refusal("- &a \(open)\(close)\n- \(open)*a\(close)\n"))
        #expect(error == YAMLError("this is nested deeper than 32 levels", at: Mark(line: 2, column: 23)))
    }

    @Test func `the limits are the caller's`() throws {
        var limits = YAML.Limits()
        limits.bytes = 3
        #expect(throws: YAMLError("it has 4 bytes; at most 3 are read", at: nil)) {
            _ = try YAML.parse(Array("a: 1".utf8), limits: limits)
        }
        limits.bytes = 100
        limits.nodes = 3
        #expect(try YAML.parse(Array("a: 1".utf8), limits: limits) != nil)
        #expect(throws: YAMLError.self) { _ = try YAML.parse(Array("a: [1]".utf8), limits: limits) }
    }

    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/yaml")

    private static var corpusFiles: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: corpus.path()).sorted() }
    }

    @Test func `every file of the corpus is read or refused with a place, as its name says`() throws {
        let names = try Self.corpusFiles
        #expect(names.count > 20)
        for name in names {
            let bytes = [UInt8](try Data(contentsOf: Self.corpus.appending(path: name)))
            do {
                _ = try YAML.parse(bytes)
                #expect(name.hasPrefix("good-"), "\(name) was read")
            } catch {
                #expect(name.hasPrefix("bad-"), "\(name): \(error.problem)")
                #expect(error.mark != nil, "\(name): \(error.problem)")
            }
        }
    }

    @Test func `a file cut anywhere is read or refused, with a place inside of it`() throws {
        for name in try Self.corpusFiles {
            let bytes = [UInt8](try Data(contentsOf: Self.corpus.appending(path: name)))
            for end in bytes.indices where end < 200 {
                let cut = Array(bytes[..<end])
                do {
                    _ = try YAML.parse(cut)
                } catch {
                    let lines = cut.count { $0 == UInt8(ascii: "\n") } + 1
                    #expect((1...lines).contains(error.mark?.line ?? 0), "\(name), \(end) bytes: \(error)")
                }
            }
        }
    }
}
