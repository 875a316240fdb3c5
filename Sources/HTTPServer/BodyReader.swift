import CMicroHTTPD

/// The body of an answer, taken piece by piece, in order.
final class BodyReader {
    /// Makes the next piece, of any size; nil at the end.
    typealias Rest = () -> [UInt8]?

    private weak var exchange: Exchange?
    private var rest: Rest?
    /// What was made and not yet taken.
    private var piece: ArraySlice<UInt8>

    init(_ body: [UInt8], rest: Rest?, of exchange: Exchange) {
        piece = body[...]
        self.rest = rest
        self.exchange = exchange
    }

    /// Fills `target` as far as this turn allows; gives how many bytes, 0 where the connection goes on in the next.
    func copy(to target: UnsafeMutableRawBufferPointer) -> Int {
        var count = 0
        while count < target.count {
            if piece.isEmpty {
                guard rest != nil, let exchange else { break }
                // With nothing to give the connection is suspended first: else this is called again at once.
                guard count == 0 ? exchange.mayWrite() : exchange.hasTime else { return count }
                piece = makeNext()[...]
                continue
            }
            let part = piece.prefix(target.count - count)
            unsafe UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyBytes(from: part)
            count += part.count
            piece = piece.dropFirst(part.count)
        }
        return count > 0 ? count : beatd_mhd_end_of_stream
    }

    /// The next piece; empty where there is none, or where it is.
    private func makeNext() -> [UInt8] {
        if let next = rest?() { return next }
        rest = nil
        return []
    }
}
