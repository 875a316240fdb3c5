import BeatdCore

extension Reply {
    /// A refusal with the meaning that its status usually has; a web page is no Nacos'.
    static func refused(
        status: Int, text: String, meaning: Refusal.Meaning? = nil, location: String? = nil
    ) -> Reply {
        let isPage = text.hasPrefix("<")
        let usual: Refusal.Meaning =
            switch status {
            case 401, 403: .denied
            case 429: .throttled
            case 503: .unavailable
            case 404, 410, 501: isPage ? .broken : .missing
            case 400..<500: .invalid
            default: .broken
            }
        return .refused(
            Refusal(
                meaning ?? usual, status: status, text: text, location: location,
                isCertain: (400..<500).contains(status)))
    }
}
