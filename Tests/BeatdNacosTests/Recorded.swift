import BeatdCore
import BeatdNacos
import Linux
import TestSupport

/// Bytes on the wire that stand in files, and the instances that some of them speak of.
enum Recorded {
    /// Requests as they must leave, made by another language's quoting and JSON.
    static func request(_ name: String) throws -> [UInt8] { try read("Golden/\(name)") }

    /// Answers as real servers gave them (registries/observed).
    static func answer(_ name: String) throws -> [UInt8] { try read("Answers/\(name)") }

    private static let folder = "\(Surroundings.root)/Tests/BeatdNacosTests"

    private static func read(_ name: String) throws -> [UInt8] {
        try Files.read(try Files.open("\(folder)/\(name).http"), limit: 1 << 20)
    }

    static func answers() throws -> Set<String> {
        let names = try Files.names(in: try Files.openFolder("\(folder)/Answers"))
        return Set(names.map { String($0.dropLast(".http".count)) })
    }

    /// What one file is about: an instance and the server that it is told.
    struct Case {
        let instance: Instance
        let server: Server

        func order(_ kind: WriteOrder.Kind) -> WriteOrder {
            WriteOrder(id: WriteID(number: 1), kind: kind, instance: instance, server: server)
        }
    }

    static let server = Server(host: "10.0.0.5", port: 8848)

    static func instance(
        _ service: String = "orders", namespace: String = "public", group: String = "DEFAULT_GROUP",
        ip: String = "10.1.2.3", cluster: String = "DEFAULT", weight: Double = 1, enabled: Bool = true,
        metadata: [String: String] = [:]
    ) -> Instance {
        Instance(
            identity: WireIdentity(
                service: ServiceKey(namespace: namespace, group: group, service: service), ip: ip, port: 8080),
            cluster: cluster, weight: weight, enabled: enabled, metadata: metadata)
    }

    static let cases: [String: Case] = [
        "plain": Case(
            instance: instance(metadata: ["version": "1.4", "preserved.heart.beat.interval": "3000"]), server: server),
        "foreign": Case(
            instance: instance(
                "订单 服务", namespace: "0a-b_c", group: "支付", cluster: "杭州", weight: 2.5, enabled: false,
                metadata: [
                    "名": "值 \"x\"\\", "emoji": "😀👩‍💻", "line": "a\nb\tc\r&d=e+f%g", "quote": "'\"`", "blank": "  ",
                    "slash": "/@:?#[]",
                ]), server: server),
        "six": Case(
            instance: instance(ip: "2001:db8::1", weight: 0.25, metadata: ["v": "1"]),
            server: Server(host: "fd00::5", port: 8848, contextPath: "")),
    ]
}

extension RequestWriter {
    /// The order alone.
    mutating func bytes(of order: WriteOrder) -> [UInt8] {
        var bytes: [UInt8] = []
        append(order, to: &bytes)
        return bytes
    }
}
