/// What `beatd status --json` says (contract 7), as a reader of ours decodes it.
struct Status: Decodable {
    var version: String
    var pid: Int32
    var ready: Bool
    var registry: Registry
    var instances: [Instance]
    var rejected: [Rejected]
    var descriptorsProblem: String?
    var attention: [String]

    struct Registry: Decodable {
        var api: String?
        var server: String?
        var reachable: Bool
        var state: String
        var lastError: String?
    }

    struct Instance: Decodable {
        var name: String
        var phase: String
        var reason: String
        var ip: String?
        var port: Int?
        var process: Process?
        var probes: [Probe]
        var lastBeat: Beat?
        var nextBeatIn: Double?
        var beats: Int?
        var pending: String?
        var rejection: String?
    }

    struct Process: Decodable { var pid: Int32 }

    struct Probe: Decodable {
        var kind: String
        var outcome: String?
        var reason: String?
    }

    struct Beat: Decodable { var outcome: String }

    struct Rejected: Decodable {
        var file: String
        var line: Int?
        var key: String?
        var error: String
    }

    subscript(name: String) -> Instance? { instances.first { $0.name == name } }

    /// The refusal of a file.
    func refusal(of file: String) -> Rejected? { rejected.first { $0.file == file } }
}
