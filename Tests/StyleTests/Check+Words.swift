extension Check {
    /// Words that don't stand in the product, and what stands there instead.
    private static let banned: [String: String] = {
        let onLoop = "decide in a struct and hang what waits on the loop (style 9)"
        let concurrency = [
            "Task", "TaskGroup", "actor", "async", "await", "withTaskGroup", "withThrowingTaskGroup",
            "withDiscardingTaskGroup",
            "MainActor", "AsyncStream", "AsyncSequence", "CheckedContinuation", "withCheckedContinuation", "Thread",
            "Mutex",
            "NSLock", "Atomic", "DispatchQueue", "DispatchGroup", "DispatchSemaphore", "DispatchSource", "DispatchTime",
            "Dispatch", "pthread_mutex_t", "pthread_mutex_lock",
        ]
        var words = Dictionary(uniqueKeysWithValues: concurrency.map { ($0, onLoop) })
        words["pthread_create"] = "give the job to the worker (style 10)"
        words["sleep"] = "arm the loop's timer (style 7)"
        words["usleep"] = words["sleep"]
        words["nanosleep"] = words["sleep"]
        words["fatalError"] = "preconditionFailure with a sentence, and only for our own bugs (style 24)"
        words["public"] = "package, or nothing: nobody links us (style 25)"
        words["open"] = words["public"]
        return words
    }()

    /// `open` is a banned modifier and a fine name for a function.
    private static func isModifier(_ index: Int, in code: [Token]) -> Bool {
        ["class", "func", "var", "init"].contains(code[safe: index + 1]?.text ?? "")
    }

    static let bannedWords = perFile("banned words") { file in
        guard file.isProduct, file.isSwift else { return [] }
        return file.code.indices.compactMap { index in
            let token = file.code[index]
            guard token.kind == .word, let instead = banned[token.text] else { return nil }
            if token.text == "open", !isModifier(index, in: file.code) { return nil }
            return Finding(
                path: file.path, line: token.line, subject: token.text, sentence: "'\(token.text)': \(instead)")
        }
    }

    /// Words that are banned one after the other.
    private static let phrases: [(words: [String], instead: String)] = [
        (["try", "!"], "handle the error (style 24)"),
        (["@", "unchecked", "Sendable"], "values are Sendable by themselves, drivers need not be (style 9)"),
        (["nonisolated", "(", "unsafe", ")"], "pass the state to whoever needs it (style 9)"),
        (["@", "preconcurrency"], "there is no concurrency to come before (style 9)"),
        (["@", "_exported"], "import where it is used (style 25)"),
    ]

    static let bannedPhrases = perFile("banned phrases") { file in
        guard file.isProduct || file.room == "TestSupport", file.isSwift else { return [] }
        return phrases.flatMap { phrase in
            file.code.indices.compactMap { index in
                guard file.code[index...].prefix(phrase.words.count).map(\.text) == phrase.words else { return nil }
                let text = phrase.words.joined()
                return Finding(
                    path: file.path, line: file.code[index].line, subject: text,
                    sentence: "'\(text)': \(phrase.instead)")
            }
        }
    }

    static let sleepsInTests = perFile("sleeps in tests") { file in
        guard file.isTest, file.room != "TestSupport", file.isSwift else { return [] }
        return file.code.compactMap { token in
            guard ["sleep", "usleep", "nanosleep"].contains(token.text), token.kind == .word else { return nil }
            return Finding(
                path: file.path, line: token.line, subject: token.text,
                sentence: "'\(token.text)': await an event, with a limit (design 7)")
        }
    }

    /// The rooms that hold a C library each, and so may touch memory.
    static let faces: Set = ["Linux", "Systemd", "HTTPClient", "HTTPServer", "YAML"]

    static let unsafeOutsideFaces = perFile("unsafe outside of faces") { file in
        guard file.isProduct, file.isSwift, !faces.contains(file.room) else { return [] }
        return file.code.indices.compactMap { index in
            let token = file.code[index]
            let isAttribute = token.is("safe") && index > 0 && file.code[index - 1].is("@")
            guard token.is("unsafe") || isAttribute else { return nil }
            return Finding(
                path: file.path, line: token.line, subject: token.text,
                sentence:
                    "'\(token.text)': memory belongs to a face: \(faces.sorted().joined(separator: ", ")) (style 16)")
        }
    }
}
