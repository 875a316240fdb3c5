internal import Linux

/// What a job waits for: a mount, a process, or one kind of work of our own.
///
/// Jobs of one lane run one after the other, so that whatever doesn't answer holds one thread at most.
package struct Lane: Hashable, Sendable {
    /// Who may answer late or never; each kind has threads of its own, so that none can take them all.
    package enum Kind: Hashable, Sendable, CaseIterable {
        /// A file system with files that somebody else owns.
        case file
        /// Another process' memory.
        case process
        /// Name servers, one lane for each name.
        case name
        /// Work of our own, one lane for each kind of it.
        case own

        /// Threads that lanes of this kind hold at a time; together `Workers.mostThreads`.
        package var mostThreads: Int {
            switch self {
            case .file: 6
            case .process: 2
            case .name: 2
            case .own: 6
            }
        }
    }

    /// Whose threads it takes.
    package let kind: Kind
    /// Tells lanes of a kind apart.
    package let key: String
    /// What doesn't answer when a job hangs, for people: `the file system of /mnt/x`.
    package let subject: String

    package init(_ kind: Kind, key: String, subject: String) {
        self.kind = kind
        self.key = key
        self.subject = subject
    }

    package static func == (left: Lane, right: Lane) -> Bool { left.kind == right.kind && left.key == right.key }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(key)
    }
}

/// Why a job has no value at its limit.
package struct Silence: Error, Hashable, Sendable {
    /// What doesn't answer, for people.
    package let subject: String
    /// When the job that hangs there began, in nanoseconds since boot; nil: it never got a thread.
    package let since: Int64?

    /// The same now.
    package var sentence: String { sentence(at: Clocks.boot()) }

    /// One sentence, true at that instant: `no answer from the file system of /mnt/x for 4 s`.
    package func sentence(at now: Int64) -> String {
        guard let since else { return "no thread is free to ask \(subject): all of them wait for others" }
        let milliseconds = max(now - since, 0) / 1_000_000
        let length = milliseconds < 1000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s"
        return "no answer from \(subject) for \(length)"
    }
}

/// What a job came to.
package enum Answer<Value: Sendable> {
    case value(Value)
    /// Nothing within the limit; told once, and its value comes `late` if ever.
    case silence(Silence)
    /// The value of a job whose silence was told already.
    case late(Value)
    /// It was never begun and never will be: what it waited for doesn't answer others.
    case givenUp(Silence)
}
