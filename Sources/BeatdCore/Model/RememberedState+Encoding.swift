extension RememberedState {
    /// The first line of a state file; another number is another format.
    private static let header = "beatd-state 1"

    /// Lines of words, percent-encoded, closed by a checksum of all before it: a torn file is seen as such.
    package func encoded() -> [UInt8] {
        var lines = Lines()
        // About what a lease of usual names takes.
        lines.bytes.reserveCapacity(64 + leases.count * 160 + aliveSince.count * 48)
        lines.bytes += Array("\(Self.header)\n".utf8)
        lines.add("boot", boot)
        lines.add("light-beats", lightBeats ? "true" : "false")
        for lease in leases { lines.add(lease) }
        for (name, since) in aliveSince.sorted(by: { $0.key < $1.key }) {
            lines.add("alive", name, String(since.nanoseconds))
        }
        for name in wereAlive.sorted() where aliveSince[name] == nil { lines.add("was-alive", name) }
        lines.add("end", String(Self.checksum(lines.bytes), radix: 16))
        return lines.bytes
    }

    private struct Lines {
        var bytes: [UInt8] = []

        mutating func add(_ words: String...) {
            for word in words { add(word: word) }
            end()
        }

        mutating func add(_ lease: RememberedLease) {
            let instance = lease.instance
            let identity = instance.identity
            add(word: "lease")
            add(word: lease.name)
            add(word: identity.service.namespace)
            add(word: identity.service.group)
            add(word: identity.service.service)
            add(word: identity.ip)
            add(word: String(identity.port))
            add(word: instance.cluster)
            add(word: String(instance.weight))
            add(word: String(instance.enabled))
            add(word: String(instance.ephemeral))
            for (key, value) in instance.metadata.sorted(by: { $0.key < $1.key }) {
                add(word: key)
                add(word: value)
            }
            end()
        }

        /// Percent-encoded, with a blank behind it, which `end` makes the end of the line.
        private mutating func add(word: String) {
            for byte in word.utf8 {
                if byte > 0x20, byte < 0x7f, byte != UInt8(ascii: "%") {
                    bytes.append(byte)
                } else {
                    bytes += Array("%\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
                }
            }
            bytes.append(0x20)
        }

        private mutating func end() { bytes[bytes.count - 1] = 10 }
    }

    /// nil where the bytes are not whole, not ours or of another format; then nothing is remembered, which never stops beatd.
    package init?(encoded bytes: [UInt8]) {
        guard bytes.last == 10, let end = bytes.dropLast().lastIndex(of: 10) else { return nil }
        let body = Array(bytes[...end])
        let closing = Self.words(bytes[(end + 1)...].dropLast())
        guard closing == ["end", String(Self.checksum(body), radix: 16)] else { return nil }
        let lines = body.split(separator: 10)
        guard let first = lines.first, first.elementsEqual(Self.header.utf8) else { return nil }
        self.init()
        for line in lines.dropFirst() {
            guard let words = Self.words(line), take(words) else { return nil }
        }
    }

    private mutating func take(_ words: [String]) -> Bool {
        switch words.first {
        case "boot" where words.count == 2: boot = words[1]
        case "light-beats" where words.count == 2: lightBeats = words[1] == "true"
        case "alive" where words.count == 3:
            guard let since = Int64(words[2]) else { return false }
            aliveSince[words[1]] = Instant(nanoseconds: since)
            wereAlive.insert(words[1])
        case "was-alive" where words.count == 2: wereAlive.insert(words[1])
        case "lease" where words.count >= 11 && words.count % 2 == 1:
            guard let port = Int(words[6]), let weight = Double(words[8]) else { return false }
            let service = ServiceKey(namespace: words[2], group: words[3], service: words[4])
            var metadata: [String: String] = [:]
            for index in stride(from: 11, to: words.count, by: 2) { metadata[words[index]] = words[index + 1] }
            let instance = Instance(
                identity: WireIdentity(service: service, ip: words[5], port: port), cluster: words[7], weight: weight,
                enabled: words[9] == "true", ephemeral: words[10] == "true", metadata: metadata)
            leases.append(RememberedLease(name: words[1], instance: instance))
        case "boot", "light-beats", "alive", "was-alive", "lease": return false
        default: break  // a later version's: after a downgrade the rest still holds
        }
        return true
    }

    private static func words(_ line: ArraySlice<UInt8>) -> [String]? {
        var words: [String] = []
        for word in line.split(separator: 0x20, omittingEmptySubsequences: false) {
            var bytes: [UInt8] = []
            var index = word.startIndex
            while index < word.endIndex {
                guard word[index] == UInt8(ascii: "%") else {
                    bytes.append(word[index])
                    index += 1
                    continue
                }
                guard word.endIndex - index >= 3,
                    let byte = UInt8(String(decoding: word[(index + 1)..<(index + 3)], as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(byte)
                index += 3
            }
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            words.append(text)
        }
        return words
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
