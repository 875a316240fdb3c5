import Predicates

/// The lines of one run that a person may want to read, and a hash of all that left.
struct Trace {
    struct Line {
        var at: Int64
        var subject: Int?
        var text: String
    }

    let isOn: Bool
    private(set) var lines: [Line] = []
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    init(isOn: Bool) { self.isOn = isOn }

    mutating func note(_ subject: Int?, at now: Int64, _ text: @autoclosure () -> String) {
        if isOn { lines.append(Line(at: now, subject: subject, text: text())) }
    }

    mutating func mix(_ value: Int64) { hash = (hash ^ UInt64(bitPattern: value)) &* 0x100_0000_01b3 }

    mutating func mix(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    /// The last lines that concern one instance, or everyone.
    func last(_ count: Int, of subject: Int?) -> [String] {
        let relevant = lines.filter { $0.subject == nil || subject == nil || $0.subject == subject }
        return relevant.suffix(count).map { "\(Time.text($0.at))  \($0.text)" }
    }
}
