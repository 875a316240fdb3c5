import CYAML

/// One libyaml parser and the bytes it reads; all of libyaml's memory dies with it.
@safe final class EventReader {
    // On the heap, since libyaml's parser points to itself and to its input.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) throws(YAMLError) {
        self.bytes = bytes
        unsafe input = .allocate(capacity: max(bytes.count, 1))  // libyaml refuses a null input
        _ = unsafe input.initialize(from: bytes)
        unsafe parser = .allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        guard unsafe yaml_parser_initialize(parser) == 1 else { throw YAMLError("no memory to read it", at: nil) }
        // Said, not guessed: otherwise two bytes at the start would make it UTF-16.
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    func next() throws(YAMLError) -> Event {
        var raw = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &raw) == 1 else { throw unsafe error(of: parser.pointee) }
        defer { unsafe yaml_event_delete(&raw) }
        let mark = unsafe Mark(raw.start_mark)
        guard let kind = unsafe Event.Kind(raw) else { throw YAMLError("libyaml said something unknown", at: mark) }
        return Event(kind: kind, mark: mark)
    }

    private func error(of parser: yaml_parser_t) -> YAMLError {
        guard let text = unsafe parser.problem else { return YAMLError("no memory to read it", at: nil) }
        let problem = unsafe String(cString: text)
        if unsafe parser.error == YAML_READER_ERROR {
            let mark = unsafe Mark(ofByte: parser.problem_offset, in: bytes)
            let character = unsafe "U+" + hexadecimal(parser.problem_value)
            return YAMLError("\(problem) (\(character)); write it as an escape in double quotes", at: mark)
        }
        let mark = unsafe place(parser.problem_mark)
        if problem == "found invalid Unicode character escape code" {
            let advice = "a pair of escapes like \\ud83d\\ude00 is not read; write the character itself"
            return YAMLError("this escape names no character; \(advice)", at: mark)
        }
        let context = unsafe parser.context
        let line = unsafe Int(parser.context_mark.line) + 1
        if let meant = unsafe Diagnosis.error(in: bytes, at: mark, context: context == nil ? nil : line) {
            return meant
        }
        if problem == "mapping values are not allowed in this context" {
            let why = "a key can't stand here: the line before has its value already; mend the indentation"
            return YAMLError(why, at: mark)
        }
        guard let context = unsafe context else { return YAMLError(problem, at: mark) }
        if problem == "found unexpected end of stream" {
            let begin = unsafe place(parser.context_mark)
            return YAMLError("what begins here has no end: a quote or a bracket is missing", at: begin)
        }
        return unsafe YAMLError("\(problem) (\(String(cString: context)) of line \(line))", at: mark)
    }

    /// At the end of a file without a last newline libyaml points to a line that isn't there.
    private func place(_ mark: yaml_mark_t) -> Mark {
        let characters = bytes.count { !Mark.isContinuation($0) }
        return mark.index < characters ? Mark(mark) : Mark(ofByte: bytes.count, in: bytes)
    }

    private func hexadecimal(_ value: Int32) -> String {
        let digits = String(max(value, 0), radix: 16, uppercase: true)
        return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
    }
}

extension Mark {
    fileprivate init(_ mark: yaml_mark_t) {
        // libyaml counts from 0.
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}

extension Event.Kind {
    /// Nil for an event that libyaml doesn't have.
    fileprivate init?(_ raw: yaml_event_t) {
        switch unsafe raw.type {
        case YAML_STREAM_START_EVENT: self = .streamStart
        case YAML_STREAM_END_EVENT: self = .streamEnd
        case YAML_DOCUMENT_START_EVENT: self = .documentStart
        case YAML_DOCUMENT_END_EVENT: self = .documentEnd
        case YAML_ALIAS_EVENT: self = unsafe .alias(text(raw.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = unsafe raw.data.scalar
            let value = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let style: Node.Style = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted
            let properties = unsafe Event.Properties(anchor: text(scalar.anchor), tag: text(scalar.tag))
            self = unsafe .scalar(String(decoding: value, as: UTF8.self), style, properties)
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe raw.data.sequence_start
            self = unsafe .sequenceStart(Event.Properties(anchor: text(start.anchor), tag: text(start.tag)))
        case YAML_SEQUENCE_END_EVENT: self = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            let start = unsafe raw.data.mapping_start
            self = unsafe .mappingStart(Event.Properties(anchor: text(start.anchor), tag: text(start.tag)))
        case YAML_MAPPING_END_EVENT: self = .mappingEnd
        default: return nil
        }
    }
}

private func text(_ value: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    guard let value = unsafe value else { return nil }
    return unsafe String(cString: value)
}
