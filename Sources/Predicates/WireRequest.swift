/// One HTTP request of the naming APIs v1 and v3, read from its bytes without beatd's code.
package struct WireRequest: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case register, fullBeat, lightBeat, deregister
        /// A list: whether the server has that API.
        case inquiry
    }

    package var kind: Kind
    package var isV3: Bool
    /// `namespace|group@@service|ip|port`.
    package var identity: String
    package var cluster: String
    package var weight: String
    package var metadata: String
    package var isEphemeral: Bool
    /// The service that a full beat's JSON names; 2.x refreshes that one.
    package var innerService: String?

    /// How many bytes the first request of `bytes` takes; nil while it isn't whole.
    package static func length(of bytes: [UInt8]) -> Int? {
        guard let head = endOfHead(bytes) else { return nil }
        let name = Array("Content-Length: ".utf8)
        var body = 0
        var index = 0
        while index + name.count < head {
            if bytes[index] == name[0], bytes[index..<(index + name.count)].elementsEqual(name) {
                index += name.count
                while index < head, (48...57).contains(bytes[index]) {
                    body = body * 10 + Int(bytes[index] - 48)
                    index += 1
                }
                break
            }
            index += 1
        }
        return head + body <= bytes.count ? head + body : nil
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        var index = 0
        while index + 3 < bytes.count {
            if bytes[index] == 13, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10 {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    /// nil where the bytes are no request that this API knows.
    package init?(_ bytes: [UInt8]) {
        guard let head = Self.endOfHead(bytes), let lineEnd = bytes.firstIndex(of: 13) else { return nil }
        let words = bytes[..<lineEnd].split(separator: 32)
        guard words.count == 3, words[2].elementsEqual("HTTP/1.1".utf8) else { return nil }
        let parts = words[1].split(separator: 63, maxSplits: 1)
        guard parts.count == 2 else { return nil }
        var fields = Self.fields(parts[1])
        let body = Self.fields(bytes[head...])
        isV3 = parts[0].starts(with: "/nacos/v3/".utf8)
        let path = String(decoding: parts[0].dropFirst(isV3 ? 19 : 12), as: UTF8.self)
        let found =
            isV3
            ? Self.kindOfV3(words[0], path, isBeat: fields["heartBeat"] == "true")
            : Self.kindOfV1(words[0], path, hasInfo: body["beat"] != nil || fields["beat"] != nil)
        guard let found else { return nil }
        kind = found
        if isV3 { fields["serviceName"] = "\(fields["groupName"] ?? "DEFAULT_GROUP")@@\(fields["serviceName"] ?? "")" }
        fields.merge(body) { query, _ in query }
        guard let service = fields["serviceName"] else { return nil }
        guard let ip = fields["ip"] ?? (kind == .inquiry ? "" : nil),
            let port = fields["port"] ?? (kind == .inquiry ? "" : nil)
        else { return nil }
        identity = "\(fields["namespaceId"] ?? "public")|\(service)|\(ip)|\(port)"
        cluster = fields["clusterName"] ?? "DEFAULT"
        weight = fields["weight"] ?? "1.0"
        metadata = fields["metadata"] ?? "{}"
        isEphemeral = fields["ephemeral"] != "false"
        innerService = fields["beat"].map { Self.text(after: "\"serviceName\":\"", in: $0) }
        if let beat = fields["beat"] {
            metadata = Self.object(after: "\"metadata\":", in: beat)
            weight = Self.number(after: "\"weight\":", in: beat)
        }
    }

    /// `path` follows `/nacos/v1/ns`.
    private static func kindOfV1(_ method: ArraySlice<UInt8>, _ path: String, hasInfo: Bool) -> Kind? {
        switch (String(decoding: method, as: UTF8.self), path) {
        case ("PUT", "/instance/beat"): hasInfo ? .fullBeat : .lightBeat
        case ("POST", "/instance"): .register
        case ("DELETE", "/instance"): .deregister
        case ("GET", "/instance/list"): .inquiry
        default: nil
        }
    }

    /// `path` follows `/nacos/v3/client/ns`; a beat is a registration that says so.
    private static func kindOfV3(_ method: ArraySlice<UInt8>, _ path: String, isBeat: Bool) -> Kind? {
        switch (String(decoding: method, as: UTF8.self), path) {
        case ("POST", "/instance"): isBeat ? .lightBeat : .register
        case ("DELETE", "/instance"): .deregister
        case ("GET", "/instance/list"): .inquiry
        default: nil
        }
    }

    private static func fields(_ text: ArraySlice<UInt8>) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: 38) {
            guard let equals = pair.firstIndex(of: 61) else { continue }
            fields[decoded(pair[..<equals])] = decoded(pair[(equals + 1)...])
        }
        return fields
    }

    private static func decoded(_ text: ArraySlice<UInt8>) -> String {
        func digit(_ byte: UInt8) -> UInt8 { byte <= 57 ? byte &- 48 : (byte | 32) &- 87 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == 37, index + 2 < text.endIndex {
                bytes.append(digit(text[index + 1]) << 4 | digit(text[index + 2]))
                index += 3
            } else {
                bytes.append(text[index] == 43 ? 32 : text[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func rest(after key: String, in json: String) -> Substring {
        let bytes = Array(json.utf8)
        let name = Array(key.utf8)
        guard bytes.count >= name.count else { return "" }
        for start in 0...(bytes.count - name.count) where bytes[start..<(start + name.count)].elementsEqual(name) {
            return Substring(decoding: bytes[(start + name.count)...], as: UTF8.self)
        }
        return ""
    }

    private static func text(after key: String, in json: String) -> String {
        String(rest(after: key, in: json).prefix { $0 != "\"" })
    }

    private static func number(after key: String, in json: String) -> String {
        String(rest(after: key, in: json).prefix { $0 != "," && $0 != "}" })
    }

    /// The map at that place; values of this world hold no brace.
    private static func object(after key: String, in json: String) -> String {
        String(rest(after: key, in: json).prefix { $0 != "}" }) + "}"
    }
}
