import Predicates

/// An answer as bytes: JSON in chunks, text with its length, an empty reason (registries/observed).
enum ResponseBytes {
    static func make(_ response: Registry.Response, closes: Bool) -> [UInt8] {
        if response.status == 0 { return Array(response.body.utf8) }
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

extension Registry.Response {
    /// What an ill server says; status 0 is no HTTP at all.
    static func ill(_ illness: Registry.Illness) -> Registry.Response {
        let (status, body): (Int, String) =
            switch illness {
            case .error500: (500, "caused: disk full;")
            case .badGateway: (502, "<html><h1>502 Bad Gateway</h1></html>")
            case .starting: (503, "server is STARTING now, please try again later!")
            case .page: (200, "<html><body>It works!</body></html>")
            case .redirect: (302, "")
            case .garbage: (0, "SSH-2.0-OpenSSH_9.2\r\n")
            }
        return Registry.Response(status: status, body: body, answer: .odd(status: status))
    }
}
