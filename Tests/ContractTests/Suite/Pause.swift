/// Lets time pass between two looks at a registry: there is no event to await, and silence itself is what lapses.
enum Pause {
    static func pass(_ length: Duration) async throws { try await Task.sleep(for: length) }
}
