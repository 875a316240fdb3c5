internal import BeatdCore

/// Reads `address`: in force are `auto` and a literal; the other forms are validated and come later (contract 3.3).
enum AddressDecoding {
    static func decode(_ top: Section) throws(InputError) -> AddressChoice? {
        guard let value = try top.value("address") else { return nil }
        let name = top.name("address")
        if case .list(let values) = value.content {
            guard !values.isEmpty else { throw InputError(value.place, key: name, "'\(name)' is an empty list") }
            for (index, value) in values.enumerated() { _ = try form(value, "\(name)[\(index)]") }
            throw InputError(
                value.place, key: name, Later.sentence("a list in '\(name)'", instead: "write one address or auto"))
        }
        switch try form(value, name) {
        case .automatic: return .automatic
        case .literal(let address): return .literal(address)
        case .network: throw InputError(value.place, key: name, Later.sentence("a network in '\(name)'"))
        case .interface: throw InputError(value.place, key: name, Later.sentence("an interface name in '\(name)'"))
        }
    }

    private enum Form {
        case automatic
        case literal(String)
        case network
        case interface
    }

    private static func form(_ value: WrittenValue, _ name: String) throws(InputError) -> Form {
        let text = try Scalar.text(value, name, limit: 255)
        if text == "auto" { return .automatic }
        if let address = AddressText.canonical(text) {
            guard AddressText.isUsable(address) else {
                throw InputError(value.place, key: name, "'\(name)' is \(shown(text)); nobody can be reached there")
            }
            return .literal(address)
        }
        if text.contains("/") {
            guard AddressText.isNetwork(text) else {
                throw InputError(
                    value.place, key: name, "'\(name)' is \(shown(text)), no network; write it like 10.0.0.0/8")
            }
            return .network
        }
        guard !text.contains(":"), text.utf8.contains(where: { !(0x30...0x39).contains($0) && $0 != 0x2e }) else {
            throw InputError(
                value.place, key: name,
                "'\(name)' is \(shown(text)), no IP address; write auto or an address like 10.0.3.7")
        }
        // IFNAMSIZ less the final zero, netdevice(7).
        guard text.utf8.count <= 15, !text.unicodeScalars.contains(where: \.properties.isWhitespace) else {
            throw InputError(
                value.place, key: name,
                "'\(name)' is \(shown(text)), neither an IP address nor the name of an interface")
        }
        return .interface
    }
}
