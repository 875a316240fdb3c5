/// One reference to a value that many hold and few change: a copy is one count, a change makes another one.
struct Shared<Value: Hashable & Sendable>: Hashable, Sendable {
    private final class Box: Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    private var box: Box

    init(_ value: Value) { box = Box(value) }

    /// The same reference again where the value is the usual one.
    static func sharing(_ usual: Shared, _ value: Value) -> Shared { usual.value == value ? usual : Shared(value) }

    var value: Value {
        _read { yield box.value }
        set { box = Box(newValue) }
    }

    static func == (left: Shared, right: Shared) -> Bool { left.box === right.box || left.value == right.value }

    func hash(into hasher: inout Hasher) { value.hash(into: &hasher) }
}
