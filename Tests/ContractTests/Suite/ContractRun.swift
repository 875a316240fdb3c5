import Linux
import TestSupport

/// One run of all cases against all targets that are here; the tests of one process share it.
enum ContractRun {
    static let shared = Task { await everything() }

    static func isHere(_ kind: TargetKind) -> Bool {
        guard let folder = kind.folder else { return true }
        let hasJava = (Environment.value("PATH") ?? "").split(separator: ":").contains {
            Surroundings.exists("\($0)/java")
        }
        return hasJava && Surroundings.hasShared("registries/\(folder)/lib")
    }

    private static func everything() async -> Matrix {
        sweepRemains()
        var matrix = Matrix()
        // One after the other: two real ones at a time are enough.
        for kinds in [TargetKind.withV1, TargetKind.withoutV1] { await run(on: kinds, into: &matrix) }
        print("\n" + matrix.text + "\n")
        return matrix
    }

    private static func run(on kinds: Set<TargetKind>, into matrix: inout Matrix) async {
        var processes: [RegistryProcess] = []
        for kind in TargetKind.allCases where kinds.contains(kind) && isHere(kind) {
            do {
                processes.append(try kind.isReal ? RegistryProcess(real: kind) : RegistryProcess(kind))
            } catch { matrix.broken[kind] = "\(error)" }
        }
        var targets: [Target] = []
        for process in processes {
            do {
                try await process.isReady()
                targets.append(process.target)
            } catch { matrix.broken[process.target.kind] = "\(error)" }
        }
        for (number, kind, outcome) in await run(on: targets) { matrix[number, kind] = outcome }
        for process in processes { process.stop() }
    }

    private static func run(on targets: [Target]) async -> [(Int, TargetKind, Outcome)] {
        async let slow = run(.slow, on: targets)
        let quick = await run(.quick, on: targets)
        let switching = await run(.switching, on: targets)
        return await quick + switching + slow
    }

    private static func run(_ phase: Case.Phase, on targets: [Target]) async -> [(Int, TargetKind, Outcome)] {
        await withTaskGroup(of: (Int, TargetKind, Outcome).self) { group in
            for (number, item) in Case.all.enumerated() where item.phase == phase {
                for target in targets {
                    group.addTask { (number, target.kind, await outcome(of: item, number, on: target)) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// The number keeps names and addresses of cases apart.
    static func outcome(of item: Case, _ number: Int, on target: Target) async -> Outcome {
        guard item.runs(on: target.kind) else { return .notMeant }
        do {
            try await item.steps(on: target.kind)(Session(target, number: number + 1))
            return item.differs(on: target.kind) ? .okButDifferent : .ok
        } catch { return .failed("\(error)") }
    }

    /// Stops and removes what a run that was killed left behind.
    private static func sweepRemains() {
        let prefix = "beatd-contract-"
        guard let folder = try? Files.openFolder("/var/tmp"), let names = try? Files.names(in: folder) else { return }
        for name in names where name.hasPrefix(prefix) {
            let pid = name.dropFirst(prefix.count).prefix { $0.isNumber }
            if !Surroundings.exists("/proc/\(pid)") { RegistryProcess.remove(home: "/var/tmp/\(name)") }
        }
    }
}
