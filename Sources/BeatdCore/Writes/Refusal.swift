/// An answer to a write that is no yes: what the registry said, and what that means for beatd.
///
/// The wire decides the meaning (`BeatdNacos`); a status means nothing to the heart, and is kept for people.
package struct Refusal: Hashable, Sendable {
    /// What follows from it (contract 4).
    package enum Meaning: Hashable, Sendable {
        /// Nacos understood the write and does not take it: 400, or a code of its own.
        case invalid
        /// Whoever asks may not: 401, 403.
        case denied
        /// Too many writes: 429.
        case throttled
        /// The server, or a proxy before it, can't answer now: 503.
        case unavailable
        /// The server does not have this API: 404, 410 or 501 in Nacos' own words.
        case missing
        /// The server is ill, or no Nacos spoke: 500, 502, a web page, a redirect, garbage.
        case broken
    }

    package var meaning: Meaning
    /// The HTTP status; 0 where the answer was no HTTP.
    package var status: Int
    /// A short excerpt of the body, escaped for people.
    package var text: String
    /// Where a redirect leads, escaped for people; it is never followed.
    package var location: String?
    /// Whether the write was surely not applied; what only may come from a proxy that gave up waiting is not certain.
    package var isCertain: Bool

    package init(_ meaning: Meaning, status: Int, text: String, location: String? = nil, isCertain: Bool) {
        self.meaning = meaning
        self.status = status
        self.text = text
        self.location = location
        self.isCertain = isCertain
    }

    /// Whether three such answers in a row to beats of an instance mean "register again".
    ///
    /// Throttled, starting and not permitted is not forgotten.
    var isOdd: Bool {
        switch meaning {
        case .invalid, .missing, .broken: true
        case .denied, .throttled, .unavailable: false
        }
    }

    /// Whether a server that answers nothing else is left for the next one.
    var isIll: Bool {
        switch meaning {
        case .unavailable, .broken: true
        case .invalid, .denied, .throttled, .missing: false
        }
    }

    /// The registry's own words, and what to do where we know it.
    package var sentence: String {
        if status == 0 { return "the answer is no HTTP: \(text)" }
        if let location { return "HTTP \(status), a redirect to \(location), which beatd does not follow" }
        if meaning == .broken, text.hasPrefix("<") { return "HTTP \(status), a web page and no Nacos answer: \(text)" }
        if meaning == .broken, status == 200 { return "HTTP 200, but no Nacos answer: \(text)" }
        let words = "HTTP \(status): \(text)"
        return meaning == .denied ? "\(words); this server wants a login, which this beatd can't do yet" : words
    }
}

/// The last refusal of a lease's writes.
struct RefusedWrite: Hashable {
    /// The same status to the same kind of write of an instance is told to the log once in so long.
    static let pause = Duration.seconds(600)

    var kind: WriteClass
    var refusal: Refusal
    /// When these words were last told to the log.
    var toldAt: Instant
    /// Whether it was the last answer.
    var isCurrent = true

    /// Such as `the registration was refused: HTTP 400: no ip`.
    var sentence: String { "the \(kind.noun) was refused: \(refusal.sentence)" }
}

extension WriteClass {
    /// What people call it.
    package var noun: String {
        switch self {
        case .goodbye: "deregistration"
        case .beat: "last beat"
        case .hello: "registration"
        }
    }
}
