/// An answer: libmicrohttpd adds the date, the length and what the connection needs.
package struct Response: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Says `Connection: close` and keeps the promise.
    package var closes: Bool
    /// Sent in chunks, without a length, as Nacos sends JSON.
    package var isChunked: Bool

    package init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], closes: Bool = false,
        isChunked: Bool = false
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.closes = closes
        self.isChunked = isChunked
    }

    package init(status: Int, text: String, type: String = "text/plain; charset=utf-8", closes: Bool = false) {
        self.init(status: status, headers: [("Content-Type", type)], body: Array(text.utf8), closes: closes)
    }
}
