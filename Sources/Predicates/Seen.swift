/// What one look saw of the simulated host, told apart by the host's own truth.
package enum Seen: Hashable, Sendable {
    /// A connection opened, or the file named its process (by serial number), running what it should.
    ///
    /// It was born then, to the kernel's tick.
    case subject(process: Int?, pid: Int32, born: Int64)
    /// Somebody listens on that address alone: good for callers who come there.
    case listener(at: String)
    /// The file named a live process that is not the one it was written for, or runs another program.
    case stranger(process: Int?, pid: Int32)
    /// The file named a process that is not there any more.
    case nobody(pid: Int32)
    /// No file, or nothing in it.
    case nothing
    case nonsense
    case refused
    /// A time-out or a reset.
    case badAnswer
    /// The observer itself could not look.
    case hindered

    /// The serial number of the process that was met.
    package var process: Int? {
        switch self {
        case .subject(let process, _, _), .stranger(let process, _): process
        case .listener, .nobody, .nothing, .nonsense, .refused, .badAnswer, .hindered: nil
        }
    }
}
