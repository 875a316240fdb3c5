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

    private func target(_ path: String, timeout: Duration = .milliseconds(100)) -> Target {
        Target(kind: .pidfile(path: path, executable: nil), timeout: timeout)
    }

    private func why(_ report: SightingReport?) -> String? {
        guard case .hindered(let why) = report?.seen else { return nil }
        return why
    }

    @Test func `a look without an answer is unknown at its time-out, and names mount and time`() throws {
        let report = try looks.look(at: .pidfile(path: "\(path)/a.pid", executable: nil), timeout: .milliseconds(100))
        #expect(report.ended - report.began >= .milliseconds(100))
        let sentence = try #require(why(report))
        #expect(sentence.hasPrefix("no answer from the file system of \(path) for "))
        #expect(judge(.pidfile(path: "\(path)/a.pid", executable: nil), report.seen, LookMemory()).outcome == .unknown)
    }

    @Test func `looks elsewhere go on beside it, also those that come with it`() throws {
        let process = try TestProcess.idle()
        let good = try looks.temporary.write("\(process.pid)", to: "good.pid")
        looks.order([
            target("\(path)/a.pid", timeout: .seconds(60)), target(good), target("\(path)/b.pid"), target(good),
        ])
        try turn(looks.loop) { looks.reports.count == 3 }
        #expect(looks.reports.map(\.order.number) == [1, 3, 2])
        #expect(why(looks.reports.last)?.hasPrefix("no answer from the file system of \(path) for ") == true)
    }

    @Test func `a link that leads there costs no other look`() throws {
        let process = try TestProcess.idle()
        let good = try looks.temporary.write("\(process.pid)", to: "good.pid")
        let links = try (0..<20).map { try looks.temporary.makeLink("\($0).pid", to: "\(path)/\($0).pid") }
        looks.order(links.map { target($0, timeout: .seconds(60)) } + [target(good)])
        try turn(looks.loop) { looks.reports.count == 1 }
        #expect(looks.reports.first?.order.number == 20)
        looks.order([target(links[0])])
        try turn(looks.loop) { looks.reports.count == 2 }
        #expect(why(looks.reports.last)?.hasPrefix("no answer from the file system of \(path) for ") == true)
    }

    @Test func `it is not asked again until it returned; the time told is the true one`() throws {
        let pidfile = ProbeKind.pidfile(path: "\(path)/a.pid", executable: nil)
        _ = try looks.look(at: pidfile, timeout: .milliseconds(60))
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
        looks.order([target("\(path)/a.pid", timeout: .seconds(60))])
        let identity = try looks.identity(of: process)
        looks.watch(identity)
        process.kill()
        try turn(looks.loop) { !looks.exited.isEmpty }
        #expect(looks.exited == [identity])
    }
}
