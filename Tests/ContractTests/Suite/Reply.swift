import DevRegistry

/// What a server answered, raw enough to see how.
struct Reply: Sendable {
    var status = 0
    var headers: [(name: String, value: String)] = []
    var bytes: [UInt8] = []
    /// How long the answer took from the first byte sent.
    var took = Duration.zero

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSON? { JSON(text: text) }
    var isChunked: Bool { header("Transfer-Encoding")?.lowercased() == "chunked" }
    var saysClose: Bool { header("Connection")?.lowercased() == "close" }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Nacos' own code.
    var code: Int? { json?["code"]?.int }
}
