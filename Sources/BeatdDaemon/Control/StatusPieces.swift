import BeatdCore

/// The status JSON (contract 7) piece by piece: its head, each instance as it is when it is asked for, its end.
struct StatusPieces {
    private enum Part { case head, instances, end, nothing }

    private let report: StatusReport
    private var writer = JSONWriter()
    private var part = Part.head
    /// Those that are left.
    private var names: ArraySlice<String> = []

    init(of report: StatusReport) { self.report = report }

    /// Makes the next piece; nil at the end.
    mutating func next() -> [UInt8]? {
        switch part {
        case .head:
            writeHead()
            names = report.source.names()[...]
            part = .instances
        case .instances:
            while let name = names.popFirst() {
                // Gone since its name was taken down: as if it had been gone before.
                guard let instance = report.source.instance(name) else { continue }
                report.write(instance, to: &writer)
                return writer.take()
            }
            writer.endArray()
            part = .end
        case .end:
            writer.array("rejected") { list in
                for rejection in report.source.rejected() { StatusReport.write(rejection, to: &list) }
            }
            writer.text("descriptorsProblem", report.problem)
            writer.array("attention") { list in for sentence in report.attention { list.text(nil, sentence) } }
            writer.endObject()
            part = .nothing
        case .nothing: return nil
        }
        return writer.take()
    }

    private mutating func writeHead() {
        writer.beginObject()
        writer.text("version", report.version)
        writer.number("pid", Int(report.pid))
        writer.text("startedAt", report.calendar.text(report.startedAt))
        writer.flag("ready", report.ready)
        report.writeRegistry(to: &writer)
        writer.beginArray("instances")
    }
}
