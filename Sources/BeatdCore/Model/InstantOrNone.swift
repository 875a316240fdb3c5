/// An instant that may be missing, in the room of one that never is: what is kept for each of ten thousand instances.
@propertyWrapper
struct InstantOrNone: Hashable, Sendable {
    /// No instant is before boot.
    private static let none = Int64.min

    private var nanoseconds: Int64

    init(wrappedValue: Instant?) { nanoseconds = wrappedValue?.nanoseconds ?? Self.none }

    var wrappedValue: Instant? {
        get { nanoseconds == Self.none ? nil : Instant(nanoseconds: nanoseconds) }
        set { nanoseconds = newValue?.nanoseconds ?? Self.none }
    }
}
