internal import YAML

extension WrittenValue {
    /// Reads one document; nil where there is nothing but blanks and comments.
    init?(yaml bytes: [UInt8], file: String) throws(InputError) {
        guard bytes.count <= DescriptorDecoding.largestFile else {
            throw InputError(.file(file), "the file is larger than 64 KiB")
        }
        do {
            guard let node = try YAML.parse(bytes) else { return nil }
            self.init(node, file: file)
        } catch {
            let place = error.mark.map { Place.line($0.line, file: file) } ?? .file(file)
            throw InputError(place, key: error.key.map { escaped($0) }, escaped(error.problem, limit: 300))
        }
    }

    private init(_ node: Node, file: String) {
        place = .line(node.mark.line, file: file)
        switch node.content {
        case .scalar(let text, let style): content = .text(text, quoted: style == .quoted)
        case .sequence(let nodes): content = .list(nodes.map { WrittenValue($0, file: file) })
        case .mapping(let entries):
            content = .map(
                entries.map {
                    let key = Place.line($0.keyMark.line, file: file)
                    return Entry(key: $0.key, place: key, value: WrittenValue($0.value, file: file))
                })
        }
    }
}
