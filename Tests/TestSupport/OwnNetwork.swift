internal import Glibc
internal import Linux

/// A network of this process's own (network_namespaces(7)): only in the body of `#expect(processExitsWith:)`, as root.
package enum OwnNetwork {
    /// Whether one may be made here, and its interfaces be set.
    package static let isPossible = Surroundings.isRoot && Surroundings.exists(ip)

    private static let ip = "/usr/sbin/ip"

    /// Leaves the machine's network for an empty one, where those lines of ip(8) are run; `eth0: …` makes an interface.
    package static func enter(_ lines: String...) throws {
        guard let symbol = unsafe dlsym(nil, "unshare") else { throw SystemCallError(call: "dlsym", code: ENOSYS) }
        let unshare = unsafe unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
        let newNetwork: Int32 = 0x4000_0000  // CLONE_NEWNET (sched.h)
        guard unshare(newNetwork) == 0 else { throw SystemCallError(call: "unshare", code: errno) }
        try set("link set lo up")
        for line in lines { try set(line) }
    }

    /// Makes an interface that is up and has those addresses.
    package static func link(_ name: String, _ addresses: String...) throws {
        try set("link add \(name) type veth peer name \(name)p")
        try set("link set \(name)p up")
        try set("link set \(name) up")
        for address in addresses { try set("addr add \(address) dev \(name)\(address.contains(":") ? " nodad" : "")") }
    }

    /// A line of ip(8).
    package static func set(_ line: String) throws {
        let process = try TestProcess(ip, line.split(separator: " ").map(String.init))
        guard try process.awaitEnding() == .exited(0) else { throw SystemCallError(call: "ip \(line)", code: EINVAL) }
    }

    /// Sets one of the network's switches, by its path below /proc/sys/net.
    package static func set(_ name: String, to value: Int) throws {
        let process = try TestProcess(shell: "echo \(value) > /proc/sys/net/\(name)")
        guard try process.awaitEnding() == .exited(0) else { throw SystemCallError(call: name, code: EINVAL) }
    }
}
