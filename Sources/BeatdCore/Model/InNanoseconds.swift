/// A length of time in half the room: what is kept for each of ten thousand instances.
@propertyWrapper
package struct InNanoseconds: Hashable, Sendable {
    private var count: Int64

    /// What is shorter than a nanosecond is cut off.
    package init(wrappedValue: Duration) { count = wrappedValue.nanoseconds }

    /// Whole nanoseconds, as `Duration.nanoseconds` has them.
    package var wrappedValue: Duration {
        get { .nanoseconds(count) }
        set { count = newValue.nanoseconds }
    }
}
