internal import Glibc

/// The variables that this process was started with (environ(7)).
package enum Environment {
    /// nil where it isn't set.
    package static func value(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// All whose names begin so.
    package static func values(startingWith prefix: String) -> [String: String] {
        var found: [String: String] = [:]
        for line in lines {
            let words = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if words.count == 2, words[0].hasPrefix(prefix) { found[String(words[0])] = String(words[1]) }
        }
        return found
    }

    /// All of them as `NAME=value`, for a child.
    package static var lines: [String] {
        var lines: [String] = []
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            unsafe lines.append(String(cString: entry))
            unsafe next += 1
        }
        return lines
    }
}
