package import Linux
package import Systemd

/// The addresses of names: asked for on a thread, and used as long as connections to them succeed.
///
/// One question about a name is out at a time, and whoever asks for the same name waits for its answer.
package final class Names {
    /// Asks for the addresses of a name; may take long.
    package typealias Lookup = @Sendable (String) -> Result<[String], NameLookup.Failure>

    /// What a connection may use.
    struct Found {
        var addresses: [String]
        /// Why they may not be the latest ones, in a sentence.
        var doubt: String?
    }

    private struct Answer {
        var addresses: [String]
        var askedAt: Int64
        /// Whether no connection to them has failed since.
        var isTrusted = true
    }

    /// An answer older than this is asked for anew, beside the connections that go on using it (libcurl's own limit).
    package static let longestUse = Duration.seconds(60)
    /// Names that are remembered: more than anybody writes servers into a configuration.
    private static let mostAnswers = 64

    private let workers: Workers
    private let lookup: Lookup
    private let longestUse: Duration
    private var answers: [String: Answer] = [:]
    private var waiting: [String: [(Result<Found, TransferError>) -> Void]] = [:]

    /// A test may bring a look-up of its own, and less patience.
    package init(
        workers: Workers, longestUse: Duration = Names.longestUse,
        lookup: @escaping Lookup = { NameLookup.addresses(of: $0) }
    ) {
        self.workers = workers
        self.longestUse = longestUse
        self.lookup = lookup
    }

    /// What is known now, without asking: a literal address is its own; empty where there is nothing.
    package func known(_ host: String) -> [String] {
        if let literal = Addresses.canonical(host) { return [literal] }
        return answers[host]?.addresses ?? []
    }

    /// Asks for a name; `then` is called in a later turn, with nothing where there was no answer.
    package func learn(_ host: String, within limit: Duration, then: @escaping ([String]) -> Void) {
        find(host, within: limit) { then((try? $0.get().addresses) ?? []) }
    }

    /// Addresses to connect to at once; nil: `find` them.
    func usable(_ host: String, within limit: Duration) -> [String]? {
        if let literal = Addresses.canonical(host) { return [literal] }
        guard let answer = answers[host], answer.isTrusted else { return nil }
        let age = Clocks.boot() - answer.askedAt
        if age > Int64(longestUse / .nanoseconds(1)), waiting[host] == nil { ask(host, within: limit, for: []) }
        return answer.addresses
    }

    /// Asks anew; `then` is called in a later turn, within the limit.
    func find(_ host: String, within limit: Duration, then: @escaping (Result<Found, TransferError>) -> Void) {
        guard waiting[host] == nil else {
            waiting[host]?.append(then)
            return
        }
        ask(host, within: limit, for: [then])
    }

    /// A connection to its addresses failed: the next one asks anew.
    func distrust(_ host: String) { answers[host]?.isTrusted = false }

    private func ask(
        _ host: String, within limit: Duration, for those: [(Result<Found, TransferError>) -> Void]
    ) {
        waiting[host] = those
        answers[host]?.askedAt = Clocks.boot()
        let lane = Lane(.name, key: host, subject: "the name server")
        workers.submit(in: lane, limit: limit) { [lookup] in
            lookup(host)
        } then: { [weak self] answer in
            switch answer {
            case .value(.success(let addresses)), .late(.success(let addresses)): self?.learnt(addresses, of: host)
            case .value(.failure(let failure)): self?.failed(host, Self.error(failure, of: host))
            case .silence, .givenUp:
                let sentence = "the name server didn't answer for \(host) within \(Self.text(limit))"
                self?.failed(host, TransferError(.unanswered, sentence))
            case .late(.failure): break  // told as the silence that it was
            }
        }
    }

    private func learnt(_ addresses: [String], of host: String) {
        if answers.count >= Self.mostAnswers { answers.removeAll() }
        answers[host] = Answer(addresses: addresses, askedAt: Clocks.boot())
        tell(host, .success(Found(addresses: addresses)))
    }

    private func failed(_ host: String, _ error: TransferError) {
        // A name server's trouble is not the registry's: the addresses that it gave last may be good again.
        if error.reason == .unanswered, let old = answers[host] {
            return tell(host, .success(Found(addresses: old.addresses, doubt: error.description)))
        }
        tell(host, .failure(error))
    }

    private func tell(_ host: String, _ result: Result<Found, TransferError>) {
        for then in waiting.removeValue(forKey: host) ?? [] { then(result) }
    }

    private static func error(_ failure: NameLookup.Failure, of host: String) -> TransferError {
        switch failure {
        case .noSuchName: TransferError(.unresolved, "no such name: \(host)")
        case .noAddress: TransferError(.unresolved, "the name \(host) has no address")
        case .noAnswer: TransferError(.unanswered, "the name server gave no answer for \(host)")
        case .failed(let text): TransferError(.unresolved, "\(host) can't be resolved: \(text)")
        }
    }

    private static func text(_ limit: Duration) -> String {
        let milliseconds = Int64(limit / .milliseconds(1))
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
