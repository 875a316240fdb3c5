internal import BeatdCore

extension ConfigurationDecoding {
    /// Reads `registry`: plain HTTP servers are in force.
    static func registry(_ top: Section, into result: inout AgentConfiguration) throws(InputError) {
        guard let section = try section(top, "registry", ConfigurationKeys.registry) else { return }
        let path = try contextPath(section)
        result.settings.registry.servers = (try servers(section) ?? [Server()]).map { server in
            var server = server
            server.contextPath = path ?? server.contextPath
            return server
        }
        result.settings.registry.timeout =
            try section.duration("timeout", .milliseconds(100) ... .seconds(10)) ?? result.settings.registry.timeout
        result.settings.registry.writesPerSecond =
            try section.integer("writes-per-second", 1...100_000) ?? result.settings.registry.writesPerSecond
        // `auto` is no API: each server is asked.
        result.settings.registry.api = try section.word("api", ["auto", "v1", "v3"]).flatMap(RegistryAPI.init)
        try refuseLater(section)
    }

    private static func refuseLater(_ section: Section) throws(InputError) {
        for key in ["endpoint", "username", "password-file", "access-key", "secret-key-file"]
        where try section.text(key) != nil {
            throw section.error(key, Later.sentence("'\(section.name(key))'"))
        }
        if try section.flag("fail-fast") == true {
            throw section.error("fail-fast", Later.sentence("'\(section.name("fail-fast")): true'"))
        }
        guard let tls = try Self.section(section, "tls", ConfigurationKeys.tls) else { return }
        let verify = try tls.word("verify", ["full", "no-hostname", "none"])
        for key in ["ca-file", "certificate-file", "private-key-file"] where try tls.text(key) != nil {
            throw tls.error(key, Later.sentence("'\(tls.name(key))'"))
        }
        if let verify, verify != "full" {
            throw tls.error("verify", Later.sentence("'\(tls.name("verify")): \(verify)'"))
        }
    }

    /// `/nacos`, or nothing for the root; the slash in front may be left out, one at the end is dropped.
    private static func contextPath(_ section: Section) throws(InputError) -> String? {
        guard let value = try section.value("context-path") else { return nil }
        let name = section.name("context-path")
        let text = try Scalar.written(value, name, as: "a path such as /nacos")
        var path = text.hasPrefix("/") ? text : "/\(text)"
        while path.hasSuffix("/") { path.removeLast() }
        let isFine = path.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7f && !"?#%\"<>\\^`{|}".utf8.contains(byte)
        }
        guard isFine, path.utf8.count <= 255, !path.contains("//") else {
            throw InputError(value.place, key: name, "'\(name)' is \(shown(text)); it must be a path such as /nacos")
        }
        return path
    }

    /// More than any cluster has.
    private static let mostServers = 64

    private static func servers(_ section: Section) throws(InputError) -> [Server]? {
        guard let value = try section.value("servers") else { return nil }
        let name = section.name("servers")
        var values = [value]
        if case .list(let list) = value.content { values = list }
        if case .text(let text, _) = value.content, text.contains(",") {
            values = text.split(separator: ",", omittingEmptySubsequences: false).map {
                WrittenValue(.text(String($0.filter { $0 != " " }), quoted: true), at: value.place)
            }
        }
        var servers: [Server] = []
        for value in values { servers.append(try server(value, name)) }
        guard !servers.isEmpty else {
            throw InputError(value.place, key: name, "'\(name)' is empty; name one server, such as 127.0.0.1:8848")
        }
        guard servers.count <= mostServers else {
            throw InputError(value.place, key: name, "'\(name)' has \(servers.count) servers; \(mostServers) at most")
        }
        for (index, server) in servers.enumerated() where servers[..<index].contains(server) {
            throw InputError(value.place, key: name, "'\(name)' names \(server.authority) twice")
        }
        return servers
    }

    private static func server(_ value: WrittenValue, _ name: String) throws(InputError) -> Server {
        let text = try Scalar.text(value, name, limit: 300)
        func error(_ sentence: String) -> InputError { InputError(value.place, key: name, sentence) }
        // What stands before an @ is a password: not shown.
        guard !text.contains("@") else {
            throw error("'\(name)' holds a user or a password; they have keys of their own")
        }
        guard !text.lowercased().hasPrefix("https://") else {
            throw error(Later.sentence("https in '\(name)'", instead: "use http"))
        }
        var rest = Substring(text)
        var usual = 8848
        let pieces = text.components(around: "://")
        if pieces.count == 2 {
            guard pieces[0].lowercased() == "http" else {
                throw error("'\(name)' is \(shown(text)); only http:// and https:// are known")
            }
            rest = pieces[1]
            // A URL means what it means elsewhere, and to Nacos' own client.
            usual = 80
            if rest.hasSuffix("/") { rest = rest.dropLast() }
            guard !rest.contains("/"), !rest.contains("?"), !rest.contains("#") else {
                throw error("'\(name)' is \(shown(text)); the path belongs into 'registry.context-path'")
            }
        }
        let split =
            AddressText.splitPort(String(rest)) ?? (host: AddressText.unbracketed(String(rest)), port: "\(usual)")
        guard let port = AddressText.port(split.port) else {
            throw error("'\(name)' is \(shown(text)); its port must be 1 to 65535")
        }
        if let address = AddressText.canonical(split.host) {
            return Server(host: address, port: port)
        }
        guard AddressText.isHostName(split.host) else {
            throw error("'\(name)' is \(shown(text)); write a host, host:port, [v6]:port or http:// URL")
        }
        return Server(host: split.host.lowercased(), port: port)
    }
}
