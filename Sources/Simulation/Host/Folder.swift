import BeatdCore
import Predicates

/// The simulated folder of descriptors: one file for each guarded service, and some that never were good.
struct Folder {
    /// What a file says that may change.
    struct Version: Hashable {
        var variant = 0
        var port: Int
        var cluster = "DEFAULT"
        var weight = 1.0
        var release = 1
        var isAutomatic = true
        var warmUp: Int64 = 0
        /// 5 s / 15 s / 30 s, or 2 s / 6 s / 12 s.
        var isQuick = false

        var timing: BeatTiming {
            guard isQuick else { return BeatTiming() }
            return BeatTiming(interval: .seconds(2), timeout: .seconds(6), deleteAfter: .seconds(12))
        }

        /// As it must stand in the registry, written here without beatd's code.
        var content: String {
            let preserved =
                isQuick
                ? "\"preserved.heart.beat.interval\":\"2000\",\"preserved.heart.beat.timeout\":\"6000\","
                    + "\"preserved.ip.delete.timeout\":\"12000\"," : ""
            return "\(weight)|{\(preserved)\"release\":\"\(release)\"}"
        }
    }

    struct File {
        var subject: Int
        var name: String
        var version: Version
        var isBroken = false
    }

    /// The literal address of files that name one.
    static let literal = "10.0.0.6"

    var files: [File] = []
    /// Files that describe the same instance as one of `files`, or did.
    var twins: [File] = []
    /// Files that never were good, by name.
    var strays: [String] = []
    var isReadable = true

    func index(of subject: Int) -> Int? { files.firstIndex { $0.subject == subject } }

    /// What the driver hands over; bad files are left out where a run is to be compared with one without them.
    func set(_ subjects: [Subject], withBad: Bool) -> DescriptorSet {
        guard isReadable else { return DescriptorSet(complete: false) }
        var set = DescriptorSet()
        set.accepted = (files + twins).map { Self.descriptor($0, subjects[$0.subject]) }.sorted { $0.name < $1.name }
        guard withBad else { return set }
        let broken = files.filter(\.isBroken).map(\.name) + strays
        set.rejected = broken.sorted().map {
            Rejection(name: $0, file: "\($0).yaml", line: 3, key: "prot", error: "unknown key 'prot'")
        }
        return set
    }

    /// The same for the predicates.
    func plans(_ subjects: [Subject]) -> [Plan] {
        guard isReadable else { return [] }
        return (files + twins).map { Self.plan($0, subjects[$0.subject]) }.sorted {
            $0.name < $1.name
        }
    }

    private static func kinds(_ subject: Subject) -> [Bool] {
        (subject.hasFile ? [true] : []) + (subject.hasPort ? [false] : [])
    }

    private static func descriptor(_ file: File, _ subject: Subject) -> InstanceDescriptor {
        let version = file.version
        let probes = kinds(subject).map {
            ProbeSpec(
                target: subject.target(isFile: $0, variant: version.variant), rise: subject.rise, fall: subject.fall)
        }
        return InstanceDescriptor(
            name: file.name, file: "\(file.name).yaml",
            service: ServiceKey(namespace: "public", group: "PAY", service: "svc\(subject.index)"), port: version.port,
            cluster: version.cluster, address: version.isAutomatic ? .automatic : .literal(literal),
            weight: version.weight, metadata: ["release": String(version.release)], beat: version.timing,
            probes: probes, warmUp: .nanoseconds(version.warmUp))
    }

    private static func plan(_ file: File, _ subject: Subject) -> Plan {
        let version = file.version
        return Plan(
            name: file.name, service: "public|PAY@@svc\(subject.index)", port: version.port,
            address: version.isAutomatic ? nil : literal, cluster: version.cluster,
            content: version.content, interval: (version.isQuick ? 2 : 5) * Time.second,
            timeout: (version.isQuick ? 6 : 15) * Time.second,
            deleteAfter: (version.isQuick ? 12 : 30) * Time.second,
            probes: kinds(subject).map { subject.probe(isFile: $0, variant: version.variant) }, warmUp: version.warmUp)
    }
}
