/// What libyaml says of a document, piece by piece, without its memory.
struct Event {
    let kind: Kind
    let mark: Mark

    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(String, Node.Style, Properties)
        case sequenceStart(Properties)
        case sequenceEnd
        case mappingStart(Properties)
        case mappingEnd
    }

    /// What may stand before a node: `&anchor !tag`.
    struct Properties {
        let anchor: String?
        let tag: String?
    }
}
