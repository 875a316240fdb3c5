import Linux
import Predicates
import Simulation

/// The command line of the simulation.
struct Command {
    static let usage = """
        usage: beatd-simulate [--seeds N] [--from S] [--jobs N] [--bug NAME] [--table]
               beatd-simulate --seed S [--subject I] [--bug NAME]     one seed, with its trace
               beatd-simulate --bugs [--seeds N]        plants each bug of this build, shows who catches it
               beatd-simulate --list-bugs
        """
    /// A bug has to be caught within so many seeds.
    private static let seedsForBug: UInt64 = 300

    private var seeds: UInt64?
    private var from: UInt64 = 1
    private var step: UInt64 = 1
    private var jobs: UInt64 = 1
    private var seed: UInt64?
    /// Whose lines are shown, instead of those of the violation's instance.
    private var subject: Int?
    private var bug: String?
    private var flags: Set<String> = []
    private var trouble: String?

    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--table", "--bugs", "--list-bugs", "--raw": flags.insert(word)
            case "--bug": bug = rest.popFirst()
            case "--seeds", "--from", "--step", "--jobs", "--seed", "--subject":
                guard let value = rest.popFirst().flatMap({ UInt64($0) }) else {
                    trouble = "\(word) takes a number"
                    return
                }
                set(word, value)
            default:
                trouble = "unknown argument '\(word)'"
                return
            }
        }
    }

    private mutating func set(_ word: String, _ value: UInt64) {
        switch word {
        case "--seeds": seeds = value
        case "--from": from = value
        case "--step": step = max(value, 1)
        case "--jobs": jobs = max(value, 1)
        case "--subject": subject = Int(clamping: value)
        default: seed = value
        }
    }

    func run() -> Int32 {
        if let trouble { return fail(trouble) }
        if flags.contains("--list-bugs") {
            Self.tell(PlantedBug.names.joined(separator: "\n"))
            return 0
        }
        guard PlantedBug.choose(bug) else { return fail("this build holds no bug called '\(bug ?? "")'") }
        if let seed { return trace(seed, lineCount: 400) }
        if flags.contains("--bugs") { return plantAll() }
        if flags.contains("--raw") { return raw() }
        return many()
    }

    /// Not by `print`: whoever leaves at once loses what the C library still keeps.
    private static func tell(_ text: String, terminator: String = "\n") { Terminals.write(text + terminator, to: 1) }

    private static func complain(_ text: String) { Terminals.write(text, to: 2) }

    private func fail(_ sentence: String) -> Int32 {
        Self.complain("beatd-simulate: \(sentence)\n\(Self.usage)\n")
        return 64
    }

    // MARK: One seed

    private func trace(_ seed: UInt64, lineCount: Int) -> Int32 {
        let run = Run(seed: seed, isTraced: true, lineCount: lineCount, subject: subject)
        for line in run.lines { Self.tell("  \(line)") }
        guard let violation = run.violation else {
            if let difference = Difference(seed: seed, lineCount: lineCount) {
                for line in difference.lines { Self.tell("  \(line)") }
                say(difference.violation, seed)
                return 1
            }
            Self.tell("seed \(seed): no violation, hash \(String(run.hash, radix: 16))")
            return 0
        }
        say(violation, seed)
        return 1
    }

    private func say(_ violation: Violation, _ seed: UInt64) {
        Self.tell("seed \(seed) at \(Time.text(violation.at)) breaks \(violation.predicate)")
        Self.tell("  \(violation.subject): \(violation.sentence)")
    }

    // MARK: Many seeds

    private func raw() -> Int32 {
        var batch = Batch()
        var seed = from
        while seed < from + (seeds ?? 1) * step {
            batch.run(seed)
            seed += step
        }
        Self.tell(batch.encoded, terminator: "")
        return 0
    }

    private func many() -> Int32 {
        let started = Clocks.monotonic()
        var batch = Batch()
        guard collect(into: &batch) else { return 70 }
        Self.tell(Report(batch).text(isLong: flags.contains("--table")), terminator: "")
        Self.tell("took \(Time.text(Clocks.monotonic() - started)) s with \(jobs) jobs")
        let count = seeds ?? 100
        if count >= 1000 {
            for situation in Report(batch).unmet { Self.tell("never met: \(situation.rawValue)") }
        }
        if let objection = batch.objection {
            say(objection, from)
            return 1
        }
        guard !batch.violations.isEmpty else {
            Self.tell("no violation")
            return count >= 1000 && !Report(batch).unmet.isEmpty ? 1 : 0
        }
        Self.tell("\(batch.violations.count) of \(batch.seeds) seeds broke a promise")
        for (seed, violation) in batch.violations.sorted(by: { $0.seed < $1.seed }).dropFirst().prefix(20) {
            say(violation, seed)
        }
        if let first = batch.violations.min(by: { $0.seed < $1.seed }) {
            Self.tell("")
            let run = Run(seed: first.seed, isTraced: true, lineCount: 30)
            for line in run.lines { Self.tell("  \(line)") }
            say(first.violation, first.seed)
            Self.tell("repeat it with: beatd-simulate --seed \(first.seed)\(bug.map { " --bug \($0)" } ?? "")")
        }
        return 1
    }

    /// One child a job, each with every n-th seed.
    private func collect(into batch: inout Batch) -> Bool {
        let count = seeds ?? 100
        if jobs == 1 {
            for seed in from..<(from + count) { batch.run(seed) }
            return true
        }
        let folder = Environment.value("TMPDIR") ?? "/tmp"
        let paths = (0..<jobs).map { "\(folder)/beatd-simulate.\(Accounts.pid).\($0)" }
        defer { for path in paths { try? Files.remove(path) } }
        do throws(SystemCallError) {
            var isWhole = true
            try withJobs(paths[...], 0, count)
            for path in paths {
                let text = String(decoding: try Files.read(try Files.open(path), limit: 64 << 20), as: UTF8.self)
                isWhole = batch.add(encoded: text) && isWhole
            }
            if !isWhole || batch.seeds != Int(count) {
                Self.complain("beatd-simulate: a job did not end well\n")
            }
            return isWhole && batch.seeds == Int(count)
        } catch {
            Self.complain("beatd-simulate: \(error)\n")
            return false
        }
    }

    /// Starts one child, then the others, then waits for it.
    private func withJobs(_ paths: ArraySlice<String>, _ index: UInt64, _ count: UInt64) throws(SystemCallError) {
        guard let path = paths.first else { return }
        let share = count / jobs + (index < count % jobs ? 1 : 0)
        var arguments = ["--raw", "--from", String(from + index), "--step", String(jobs), "--seeds", String(share)]
        if let bug { arguments += ["--bug", bug] }
        var child = try ChildProcess(
            "/proc/self/exe", arguments, environment: Environment.lines, output: .file(path), error: .inherited)
        try withJobs(paths.dropFirst(), index + 1, count)
        child.wait()
    }

    // MARK: Deliberate bugs

    /// Each bug must be caught by a predicate within the bound; prints bug, seed, predicate.
    private func plantAll() -> Int32 {
        let names = PlantedBug.names
        guard !names.isEmpty else { return fail("this build holds no bugs; build with -Xswiftc -DDELIBERATE_BUGS") }
        var survivors = 0
        for name in names {
            _ = PlantedBug.choose(name)
            var caught: (seed: UInt64, violation: Violation)?
            for seed in from..<(from + (seeds ?? Self.seedsForBug)) where caught == nil {
                var batch = Batch()
                batch.run(seed)
                caught = batch.violations.first
            }
            let padded = name + String(repeating: " ", count: max(0, 30 - name.count))
            if let caught {
                Self.tell("\(padded) seed \(caught.seed): \(caught.violation.predicate) (\(caught.violation.sentence))")
            } else {
                Self.tell("\(padded) NOT CAUGHT")
                survivors += 1
            }
        }
        Self.tell("\(names.count - survivors) of \(names.count) bugs caught")
        return survivors == 0 ? 0 : 1
    }
}
