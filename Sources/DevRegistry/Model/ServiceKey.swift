/// Names a service: namespace, group and name.
struct ServiceKey: Hashable, Comparable, Sendable {
    var namespace: String
    var group: String
    var name: String

    static let defaultNamespace = "public"
    static let defaultGroup = "DEFAULT_GROUP"
    private static let separator = "@@"

    init(namespace: String = defaultNamespace, group: String = defaultGroup, name: String) {
        self.namespace = namespace
        self.group = group
        self.name = name
    }

    /// From a name that may have its group in front; without one the group is the default.
    init(namespace: String = defaultNamespace, grouped: String) {
        let (group, name) = Self.split(grouped)
        self.init(namespace: namespace, group: group ?? Self.defaultGroup, name: name)
    }

    /// `group@@name`, as Nacos writes it everywhere.
    var grouped: String { group + Self.separator + name }

    /// Cuts at the first `@@`.
    static func split(_ text: String) -> (group: String?, name: String) {
        let bytes = Array(text.utf8)
        for index in bytes.indices.dropLast() where bytes[index] == 0x40 && bytes[index + 1] == 0x40 {
            let group = String(decoding: bytes[..<index], as: UTF8.self)
            return (group, String(decoding: bytes[(index + 2)...], as: UTF8.self))
        }
        return (nil, text)
    }

    static func < (left: ServiceKey, right: ServiceKey) -> Bool {
        (left.namespace, left.group, left.name) < (right.namespace, right.group, right.name)
    }
}
