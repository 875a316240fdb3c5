/// One answer of a registry.
package struct HTTPResponse: Equatable, Sendable {
    package var status: Int
    package var body: [UInt8]
    /// Whether the connection is done after it.
    package var closes: Bool
    /// Where a redirect leads (`Location`, RFC 9110, 10.2.2), as it was sent; nil where it doesn't.
    package var location: [UInt8]?

    package init(status: Int, body: [UInt8], closes: Bool, location: [UInt8]? = nil) {
        self.status = status
        self.body = body
        self.closes = closes
        self.location = location
    }
}
