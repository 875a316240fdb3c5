/// The answer that was read last, with its bytes: thousands come that differ in nothing, but for a date once a second.
///
/// Reading depends on the bytes alone, so bytes that begin like it begin with the same answer, without being read again.
struct RememberedAnswer {
    /// A beat's answer has 240 bytes; what is longer comes too seldom to be kept.
    static let longest = 1024

    private var bytes: [UInt8] = []
    private(set) var response = HTTPResponse(status: 0, body: [], closes: false)

    /// `whole` is all of one answer, and nothing else.
    mutating func remember(_ whole: ArraySlice<UInt8>, as response: HTTPResponse) {
        bytes.removeAll(keepingCapacity: true)
        guard whole.count <= Self.longest else { return }
        bytes += whole
        // What says the same stays the same object, which whoever compares the two sees at once.
        if self.response != response { self.response = response }
    }

    /// The length of the remembered answer, if it stands whole at that place.
    func begins(_ stream: [UInt8], at position: Int) -> Int? {
        let count = bytes.count
        guard count > 0, stream.count - position >= count else { return nil }
        return stream.span.extracting(position..<(position + count)).isSame(as: bytes.span) ? count : nil
    }
}
