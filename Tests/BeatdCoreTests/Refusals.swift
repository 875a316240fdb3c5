import BeatdCore

extension Reply {
    /// A refusal as the wire means one with that status, in Nacos' own words.
    static func refused(status: Int, text: String) -> Reply {
        let meaning: Refusal.Meaning =
            switch status {
            case 401, 403: .denied
            case 429: .throttled
            case 503: .unavailable
            case 404, 410, 501: .missing
            case 400..<500: .invalid
            default: .broken
            }
        return .refused(Refusal(meaning, status: status, text: text, isCertain: (400..<500).contains(status)))
    }
}
