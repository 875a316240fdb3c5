/// An answer as bytes: JSON in chunks, text with its length, an empty reason (registries/observed).
enum ResponseBytes {
    static func make(_ response: Registry.Response, closes: Bool) -> [UInt8] {
        var text = "HTTP/1.1 \(response.status) \r\n"
        if closes { text += "Connection: close\r\n" }
        if response.isChunked {
            let size = String(response.body.utf8.count, radix: 16)
            text += "Content-Type: application/json;charset=UTF-8\r\nTransfer-Encoding: chunked\r\n\r\n"
            text += "\(size)\r\n\(response.body)\r\n0\r\n\r\n"
        } else {
            text += "Content-Type: text/html;charset=UTF-8\r\nContent-Length: \(response.body.utf8.count)\r\n\r\n"
            text += response.body
        }
        return Array(text.utf8)
    }
}
