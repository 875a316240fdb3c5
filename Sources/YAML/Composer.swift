/// Makes nodes of events, within limits: what a document may be is decided here.
struct Composer {
    private let reader: EventReader
    private let limits: YAML.Limits
    private var nodes = 0
    private var anchors: [String: Anchored] = [:]

    /// What an alias stands for, and what it adds to the two counts.
    private struct Anchored {
        let node: Node
        let nodes: Int
        let height: Int
    }

    init(reading reader: EventReader, limits: YAML.Limits) {
        self.reader = reader
        self.limits = limits
    }

    mutating func document() throws(YAMLError) -> Node? {
        var root: Node?
        var hasBegun = false
        while true {
            let event = try reader.next()
            switch event.kind {
            case .streamStart, .documentEnd: continue
            case .streamEnd: return root
            case .documentStart:
                guard !hasBegun else {
                    throw YAMLError("a second document begins here; a file holds one", at: event.mark)
                }
                hasBegun = true
                root = try node(try reader.next(), depth: 1).node
                if case .scalar("", .plain) = root?.content, anchors.isEmpty { root = nil }
            case .alias, .scalar, .sequenceStart, .sequenceEnd, .mappingStart, .mappingEnd:
                throw YAMLError("this stands outside of the document", at: event.mark)
            }
        }
    }

    /// The node that begins with this event, and how many levels it has.
    private mutating func node(_ event: Event, depth: Int) throws(YAMLError) -> (node: Node, height: Int) {
        let before = nodes
        try count(1, height: 1, at: event.mark, depth: depth)
        let node: Node
        var height = 1
        let properties: Event.Properties
        switch event.kind {
        case .alias(let name):
            guard let anchored = anchors[name] else {
                throw YAMLError("'*\(name)' stands for nothing: no '&\(name)' ends before it", at: event.mark)
            }
            try count(anchored.nodes - 1, height: anchored.height, at: event.mark, depth: depth)
            return (Node(anchored.node.content, at: event.mark), anchored.height)
        case .scalar(let text, let style, let tags):
            properties = tags
            node = Node(.scalar(text, try self.style(style, under: tags.tag, at: event.mark)), at: event.mark)
        case .sequenceStart(let tags):
            properties = tags
            try check(tags.tag, is: "tag:yaml.org,2002:seq", at: event.mark)
            node = Node(.sequence(try items(depth: depth, height: &height)), at: event.mark)
        case .mappingStart(let tags):
            properties = tags
            try check(tags.tag, is: "tag:yaml.org,2002:map", at: event.mark)
            node = Node(.mapping(try entries(depth: depth, height: &height)), at: event.mark)
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw YAMLError("a value is missing here", at: event.mark)
        }
        if let anchor = properties.anchor {
            anchors[anchor] = Anchored(node: node, nodes: nodes - before, height: height)
        }
        return (node, height)
    }

    private mutating func items(depth: Int, height: inout Int) throws(YAMLError) -> [Node] {
        var items: [Node] = []
        while true {
            let event = try reader.next()
            if case .sequenceEnd = event.kind { return items }
            let (item, itemHeight) = try node(event, depth: depth + 1)
            height = max(height, itemHeight + 1)
            items.append(item)
        }
    }

    private mutating func entries(depth: Int, height: inout Int) throws(YAMLError) -> [Node.Entry] {
        var entries: [Node.Entry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try reader.next()
            if case .mappingEnd = event.kind { return entries }
            let key = try node(event, depth: depth + 1).node
            guard case .scalar(let name, _) = key.content else {
                throw YAMLError("a key must be a single value, not a list or a mapping", at: key.mark)
            }
            if let line = lines.updateValue(key.mark.line, forKey: name) {
                let problem = "'\(name)' stands twice, in lines \(line) and \(key.mark.line)"
                throw YAMLError(problem, at: key.mark, key: name)
            }
            let (value, valueHeight) = try node(try reader.next(), depth: depth + 1)
            height = max(height, valueHeight + 1)
            entries.append(Node.Entry(key: name, keyMark: key.mark, value: value))
        }
    }

    private mutating func count(_ more: Int, height: Int, at mark: Mark, depth: Int) throws(YAMLError) {
        nodes += more
        guard nodes <= limits.nodes else {
            throw YAMLError("there are more than \(limits.nodes) values, aliases counted as what they repeat", at: mark)
        }
        guard depth + height - 1 <= limits.depth else {
            throw YAMLError("this is nested deeper than \(limits.depth) levels", at: mark)
        }
    }

    /// The tags of YAML's own scalars are no more than advice; `!!str` says that a plain scalar is text.
    private func style(_ style: Node.Style, under tag: String?, at mark: Mark) throws(YAMLError) -> Node.Style {
        switch tag {
        case nil: return style
        case "!", "tag:yaml.org,2002:str": return .quoted
        case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null":
            return .plain
        case .some(let tag): throw unknown(tag, at: mark)
        }
    }

    private func check(_ tag: String?, is standard: String, at mark: Mark) throws(YAMLError) {
        guard let tag, tag != "!", tag != standard else { return }
        throw unknown(tag, at: mark)
    }

    private func unknown(_ tag: String, at mark: Mark) -> YAMLError {
        let standard = "tag:yaml.org,2002:"
        let written = tag.hasPrefix(standard) ? "!!" + tag.dropFirst(standard.count) : tag
        return YAMLError("the tag '\(written)' can't stand here; leave it out", at: mark)
    }
}
