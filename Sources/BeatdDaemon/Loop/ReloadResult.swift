import BeatdCore
import BeatdHost

/// What one reload did (contract 7.1).
struct ReloadResult {
    /// Why an instance isn't up when the waiting for it is over.
    struct Laggard: Equatable {
        var name: String
        var phase: String
        var reason: String
    }

    /// NAMEs whose accepted version came, changed or went.
    var applied: [String]
    /// Refused in a version that this reload saw first; beatd.yaml, where it is broken, comes first.
    var refused: [Rejection]
    /// Refused before, and still.
    var stillRefused: [Rejection]
    /// Keys of beatd.yaml whose new value takes a restart.
    var unchangeable: [String] = []
    /// Of what was applied; nil where nobody waited.
    var notUp: [Laggard]?
    /// Of `applied`, those that still have a file, and so may come up.
    var present: [String]

    /// `before` and `now` are all that is refused at the reload's beginning and at its end, twins included.
    init(_ report: DescriptorReport, before: [Rejection], now: [Rejection], configuration: Rejection?) {
        let older = Set(before)
        let newer = Set(report.newlyRejected.map(\.file))
        func isNew(_ rejection: Rejection) -> Bool { newer.contains(rejection.file) || !older.contains(rejection) }
        refused = [configuration].compactMap(\.self) + now.filter(isNew)
        stillRefused = now.filter { !isNew($0) }
        // A twin's file reads well, but describes another file's instance: it is refused after all.
        let read = Set(report.set.rejected.map(\.file))
        let twins = Set(now.filter { !read.contains($0.file) }.compactMap(\.name))
        applied = report.applied.filter { !twins.contains($0) }
        let accepted = Set(report.set.accepted.map(\.name))
        present = applied.filter(accepted.contains)
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { root in
            root.array("applied") { list in for name in applied { list.text(nil, name) } }
            root.array("refused") { list in for rejection in refused { StatusReport.write(rejection, to: &list) } }
            root.array("stillRefused") { list in
                for rejection in stillRefused { StatusReport.write(rejection, to: &list) }
            }
            root.array("unchangeable") { list in for key in unchangeable { list.text(nil, key) } }
            guard let notUp else { return }
            root.array("notUp") { list in for laggard in notUp { Self.write(laggard, to: &list) } }
        }
        return writer.bytes
    }

    private static func write(_ laggard: Laggard, to writer: inout JSONWriter) {
        writer.object { json in
            json.text("name", laggard.name)
            json.text("phase", laggard.phase)
            json.text("reason", laggard.reason)
        }
    }
}
