/// Finds what somebody probably meant.
enum Nearest {
    /// The word with the smallest edit distance (Levenshtein), if at most a third of it is wrong.
    static func word(to word: String, among known: [String]) -> String? {
        let ranked = known.map { (distance(word, $0), $0) }.min { $0 < $1 }
        guard let (distance, best) = ranked, distance <= max(best.count / 3, 1) else { return nil }
        return best
    }

    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.unicodeScalars.prefix(64))
        let right = Array(right.unicodeScalars.prefix(64))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}
