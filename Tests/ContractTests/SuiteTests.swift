import Linux
import TestSupport
import Testing

@testable import DevRegistry

/// What the suite says of itself.
struct SuiteTests {
    private static let observed = "registries/observed"

    @Test func `every rule of the development registry is one that a case notices`() {
        let noticed = Set(Case.all.flatMap(\.notices))
        #expect(Set(Rule.allCases).subtracting(noticed).map(\.rawValue) == [])
    }

    @Test func `names of cases are unique`() {
        #expect(Set(Case.all.map(\.name)).count == Case.all.count)
    }

    @Test(.enabled(if: Surroundings.hasShared("nacos-protocol.md"), "needs nacos-protocol.md in BEATD_SHARED"))
    func `rows of the protocol without a case are those that are listed, each with a reason`() throws {
        let rows = try Self.rows()
        #expect(rows.count == 53)
        let covered = Set(Case.all.flatMap(\.rows))
        #expect(covered.subtracting(rows) == [])
        let missing = rows.subtracting(covered)
        #expect(missing == Set(MissingRows.all.keys))
        let list = missing.sorted {
            ($0.first ?? " ", Int($0.dropFirst()) ?? 0) < ($1.first ?? " ", Int($1.dropFirst()) ?? 0)
        }
        print("rows of nacos-protocol.md 7 without a case: " + list.joined(separator: " "))
    }

    @Test(.enabled(if: Surroundings.hasShared(observed), "needs registries/observed in BEATD_SHARED"))
    func `what a difference cites stands in the observations`() throws {
        for item in Case.all {
            for difference in item.differences {
                let text = try Self.read("\(Self.observed)/\(difference.file)")
                #expect(text.contains(difference.line), "\(item.name): \(difference.file): \(difference.line)")
            }
        }
    }

    /// The first cells of the tables of section 7.
    private static func rows() throws -> Set<String> {
        let text = try read("nacos-protocol.md")
        let section = text.split(separator: "\n## ").first { $0.hasPrefix("7. ") } ?? ""
        return Set(
            section.split(separator: "\n").compactMap { line in
                let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                guard line.hasPrefix("|"), cells.count > 2 else { return nil }
                let cell = cells[1].filter { $0 != " " }
                let isRow = (cell.first == "S" || cell.first == "A") && Int(cell.dropFirst()) != nil
                return isRow ? cell : nil
            })
    }

    private static func read(_ path: String) throws -> String {
        let file = try Files.open("\(Surroundings.shared)/\(path)")
        return String(decoding: try Files.read(file, limit: 4 << 20), as: UTF8.self)
    }
}
