/// Names one connection of a client for as long as the server lives.
package struct ConnectionID: Hashable, Sendable {
    package let number: UInt64

    package init(number: UInt64) { self.number = number }
}
