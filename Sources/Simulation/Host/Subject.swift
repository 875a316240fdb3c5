import BeatdCore
import Predicates

/// One guarded service: its process, its pidfile, its listener.
struct Subject {
    struct Pidfile {
        enum Content: Hashable {
            case missing, empty, garbage
            case pid(Int32)
        }
        var content = Content.missing
        /// The process that whoever wrote the file meant.
        var meant: Int?
        var stamp = FileStamp(inode: 1, size: 0, modified: 0, changed: 0)
        /// What is wrong with it.
        var cause: Fault?
    }

    struct Listener {
        /// One that hangs or resets listens all the same; where a probe wants an address, it does on loopback alone.
        enum State: Hashable { case accepting, refusing, hanging, resetting }
        var state = State.refusing
        var cause: Fault?
        /// The one address that it takes callers of; nil: all.
        var address: String?
    }

    let index: Int
    var hasFile: Bool
    var hasPort: Bool
    /// Whether the probe names the executable.
    var namesExecutable: Bool
    var rise: Int
    var fall: Int
    /// The serial number of the living process.
    var process: Int?
    var file = Pidfile()
    var listener = Listener()
    /// The next look at its pidfile meets a new process, whose number another takes within the tick.
    var isTrap = false

    /// Where the port probe wants somebody to listen; nil: it connects.
    var portAddress: PortAddress? {
        switch index % 4 {
        case 1: .any
        case 2: .advertised(.automatic)
        case 3: .literal("10.0.0.6")
        default: nil
        }
    }

    /// Whether a listener on another address alone is a bad answer.
    var wantsAddress: Bool { if case .literal? = portAddress { true } else { false } }

    var executable: String { "/opt/svc\(index)/bin/svc\(index)" }
    var path: String { "/run/svc\(index).pid" }

    /// Which number the predicates know a target by: two kinds, two variants each.
    static func number(_ subject: Int, isFile: Bool, variant: Int) -> Int { subject * 4 + (isFile ? 0 : 2) + variant }

    func target(isFile: Bool, variant: Int) -> Target {
        let kind: ProbeKind =
            isFile
            ? .pidfile(path: path, executable: namesExecutable ? executable : nil)
            : portAddress.map { .port(9000 + index, on: $0) } ?? .tcp(host: "127.0.0.1", port: 9000 + index)
        return variant == 0
            ? Target(kind: kind, interval: .seconds(2), timeout: .seconds(1))
            : Target(kind: kind, interval: .milliseconds(3000), timeout: .milliseconds(800))
    }

    func probe(isFile: Bool, variant: Int) -> Plan.Probe {
        Plan.Probe(
            target: Self.number(index, isFile: isFile, variant: variant), rise: rise, fall: fall,
            freshness: variant == 0 ? 4000 * Time.millisecond : 4800 * Time.millisecond)
    }
}
