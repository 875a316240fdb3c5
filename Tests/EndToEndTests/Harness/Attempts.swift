/// What must be quick, on a machine that may stand still.
enum Attempts {
    /// So often it is tried.
    private static let most = 5

    /// The shortest of a few attempts: a hold-up of the machine makes one of them long, a slow program all.
    ///
    /// Ends with the first that is below the limit; each attempt gets its number.
    static func shortest(below limit: Duration, _ attempt: (Int) throws -> Duration) throws -> Duration {
        var shortest = try attempt(0)
        for number in 1..<most where shortest >= limit { shortest = min(shortest, try attempt(number)) }
        return shortest
    }
}
