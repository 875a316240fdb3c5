/// How many instances got which answer to their last write: the registry is ok only while it accepts (contract 7).
struct AnswerCounts {
    /// What a lease's last write got.
    enum Answer: Hashable {
        /// None was sent, or nobody wants it any more.
        case none
        case accepted, refused
        /// It left, and no answer came.
        case lost
    }

    /// So many instances that got nothing but an ill server's answers are enough, of however many.
    static let manyIll = 10

    private(set) var accepted = 0
    private(set) var refused = 0
    private(set) var lost = 0
    /// Numbers the stretches in which every answer was an ill server's.
    private(set) var stretch: UInt32 = 1
    /// How many instances got one in the stretch that goes on.
    private var ill = 0

    /// Whether the ill answers are more than those to a few instances that are bad themselves, of so many in all.
    func isIllnessWidespread(among all: Int) -> Bool { accepted == 0 || ill >= min(Self.manyIll, all / 2 + 1) }

    /// Another instance got an ill server's answer.
    mutating func noteIll() { ill += 1 }

    /// An answer came that no ill server gives.
    mutating func noteWell() {
        guard ill > 0 else { return }
        ill = 0
        stretch &+= 1
    }

    /// A lease's last answer is another one.
    mutating func change(from old: Answer, to new: Answer) {
        guard old != new else { return }
        count(old, -1)
        count(new, 1)
    }

    private mutating func count(_ answer: Answer, _ step: Int) {
        switch answer {
        case .none: break
        case .accepted: accepted += step
        case .refused: refused += step
        case .lost: lost += step
        }
    }
}
