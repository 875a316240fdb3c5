import BeatdCore
import BeatdHost
import Linux
import Systemd
import TestSupport
import Testing

/// A pidfile on a real mount that doesn't answer.
@Suite(.enabled(if: HungMount.isPossible, "\(HungMount.want)"))
struct HungLookTests {
    private let looks: Looks
    private let hung: HungMount
    private let path: String

    init() throws {
        looks = try Looks()
        hung = try HungMount()
        path = hung.path
    }

    /// What hangs is told after that: a thread has begun by then, however busy the machine is.
    private static let short = Duration.seconds(2)

    private func target(_ path: String, timeout: Duration = .seconds(60)) -> Target {
        Target(kind: .pidfile(path: path, executable: nil), interval: .seconds(60), timeout: timeout)
    }

    private func why(_ report: SightingReport?) -> String? {
        guard case .hindered(let why) = report?.seen else { return nil }
        return why
    }

    @Test func `a look without an answer is unknown at its time-out, and names mount and time`() throws {
        let report = try looks.look(at: .pidfile(path: "\(path)/a.pid", executable: nil), timeout: Self.short)
        #expect(report.ended - report.began >= Self.short)
        let sentence = try #require(why(report))
        #expect(sentence.hasPrefix("no answer from the file system of \(path) for "))
        #expect(judge(.pidfile(path: "\(path)/a.pid", executable: nil), report.seen, LookMemory()).outcome == .unknown)
    }

    @Test func `looks elsewhere go on beside it, also those that come with it`() throws {
        let process = try TestProcess.idle()
        let good = try looks.temporary.write("\(process.pid)", to: "good.pid")
        looks.order([
            target("\(path)/a.pid"), target(good), target("\(path)/b.pid", timeout: Self.short), target(good),
        ])
        try turn(looks.loop) { looks.reports.count == 3 }
        let reports = looks.reports.sorted { $0.order.number < $1.order.number }
        #expect(reports.map(\.order.number) == [1, 2, 3])
        #expect(why(reports[1])?.hasPrefix("no answer from the file system of \(path) for ") == true)
        #expect(why(reports[0]) == nil && why(reports[2]) == nil)
    }

    @Test func `a link that leads there costs no other look`() throws {
        let process = try TestProcess.idle()
        let good = try looks.temporary.write("\(process.pid)", to: "good.pid")
        let links = try (0..<20).map { try looks.temporary.makeLink("\($0).pid", to: "\(path)/\($0).pid") }
        looks.order(links.map { target($0) } + [target(good)])
        try turn(looks.loop) { looks.reports.count == 1 }
        #expect(looks.reports.first?.order.number == 20)
        looks.order([target(links[0], timeout: Self.short)])
        try turn(looks.loop) { looks.reports.count == 2 }
        #expect(why(looks.reports.last)?.hasPrefix("no answer from the file system of \(path) for ") == true)
    }

    @Test func `it is not asked again until it returned; the time told is the true one`() throws {
        let pidfile = ProbeKind.pidfile(path: "\(path)/a.pid", executable: nil)
        _ = try looks.look(at: pidfile, timeout: Self.short)
        let asked = Clocks.boot()
        let again = try looks.look(at: pidfile, timeout: .seconds(60))
        #expect(why(again)?.hasPrefix("no answer from the file system of \(path) for ") == true)
        #expect(Clocks.boot() - asked < 30_000_000_000, "the second was told at once")
        // What hangs comes back with an error; the look after that sees what is there then.
        hung.release()
        try turn(looks.loop) {
            guard case .pidfile(.unreadable) = try looks.look(at: pidfile, timeout: .seconds(10)).seen else {
                return false
            }
            return true
        }
        let reports = looks.reports.count
        try turn(looks.loop, for: .milliseconds(50))
        #expect(looks.reports.count == reports, "the late result is nobody's")
    }

    @Test func `a death is told while a mount hangs`() throws {
        let process = try TestProcess.idle()
        looks.order([target("\(path)/a.pid")])
        let identity = try looks.identity(of: process)
        looks.watch(identity)
        process.kill()
        try turn(looks.loop) { !looks.exited.isEmpty }
        #expect(looks.exited == [identity])
    }
}
