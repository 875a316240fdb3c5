/// One answer of a registry.
package struct HTTPResponse: Equatable, Sendable {
    package var status: Int
    package var body: [UInt8]
    /// Whether the connection is done after it.
    package var closes: Bool

    package init(status: Int, body: [UInt8], closes: Bool) {
        self.status = status
        self.body = body
        self.closes = closes
    }
}
