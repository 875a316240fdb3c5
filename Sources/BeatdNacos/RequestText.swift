import BeatdCore

/// A request as it is put together, whichever API it belongs to (RFC 9112): everything of ours stands in the query.
struct RequestText {
    /// Named in every request; it must hold neither `Nacos-Server` nor `Nacos-Java-Client`, which change what a server does.
    static let userAgent = "beatd/\(Version.current)"

    private let method: String
    private let server: Server
    private var target: [UInt8]
    private var hasQuery = false

    /// `path` follows the server's context path.
    init(_ method: String, _ server: Server, path: String) {
        self.method = method
        self.server = server
        target = Array((server.contextPath + path).utf8)
    }

    /// One parameter of the query, encoded.
    mutating func append(_ name: String, _ value: String) {
        target += Array("\(hasQuery ? "&" : "?")\(name)=".utf8)
        hasQuery = true
        FormEncoding.append(value, to: &target)
    }

    /// What tells one entry of a group from another, behind all that its services have in common: the rest of the
    /// service's name, and where it is.
    mutating func append(entry instance: Instance) {
        FormEncoding.append(instance.identity.service.service, to: &target)
        Self.append(hostOf: instance, to: &target)
        target += String(instance.identity.port).utf8
    }

    /// What stands between the service's name and the port.
    static func append(hostOf instance: Instance, to bytes: inout [UInt8]) {
        bytes += "&clusterName=".utf8
        FormEncoding.append(instance.cluster, to: &bytes)
        bytes += "&ip=".utf8
        FormEncoding.append(instance.identity.ip, to: &bytes)
        bytes += "&port=".utf8
    }

    /// Parameters that are encoded already, with the `&` before them.
    mutating func append(encoded parameters: [UInt8]) { target += parameters }

    /// What a registration says of an instance, the same in both APIs.
    mutating func appendRegistration(of instance: Instance) {
        append("weight", String(instance.weight))
        append("enabled", String(instance.enabled))
        append("healthy", "true")
        append("ephemeral", String(instance.ephemeral))
        append("metadata", JSONText.object(instance.metadata))
    }

    /// The whole request, ready to be sent; `form` is the body, already encoded.
    func bytes(form: [UInt8]? = nil) -> [UInt8] { beginning + ending(form: form) }

    /// The method and the target: all that tells one request without a body from another.
    var beginning: [UInt8] { Array("\(method) ".utf8) + target }

    /// What follows, the same for all requests of one server that have no body.
    func ending(form: [UInt8]? = nil) -> [UInt8] {
        var rest = " HTTP/1.1\r\nHost: \(server.authority)\r\nUser-Agent: \(Self.userAgent)\r\n"
        rest += "Accept: application/json\r\n"
        if form != nil { rest += "Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n" }
        rest += "Content-Length: \(form?.count ?? 0)\r\n\r\n"
        return Array(rest.utf8) + (form ?? [])
    }
}
