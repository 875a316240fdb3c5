import BeatdCore
import Linux

/// The file that lets a restart go on where the last run stopped: `state` in the state directory.
struct StateFile {
    /// 10,000 instances take about 3 MiB.
    static let limit = 64 << 20

    let path: String

    init(in directory: String) { path = directory + "/state" }

    /// What was remembered, or why nothing was; a missing file is no trouble.
    ///
    /// A damaged one never stops beatd: what it named lapses at the registry.
    func read() -> (state: RememberedState?, trouble: String?) {
        do throws(SystemCallError) {
            let bytes = try Files.read(try Files.open(path), limit: Self.limit)
            guard let state = RememberedState(encoded: bytes) else {
                return (nil, "\(path): damaged or of another version; starting without it")
            }
            return (state, nil)
        } catch { return (nil, error.isNotFound ? nil : "\(error); starting without it") }
    }

    /// Replaces the file durably; gives what went wrong.
    func write(_ state: RememberedState) -> String? {
        do throws(SystemCallError) {
            do throws(SystemCallError) { try Files.write(state.encoded(), to: path) } catch {
                guard error.isNotFound, let end = path.lastIndex(of: "/") else { throw error }
                // Somebody removed the folder.
                try Files.makeFolders(String(path[..<end]), mode: 0o700)
                try Files.write(state.encoded(), to: path)
            }
        } catch { return error.description }
        return nil
    }
}
