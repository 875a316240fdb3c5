package import BeatdCore

/// What an order is as bytes, and what an answer means, in the API that the order names.
package enum Wire {
    /// Named in every request.
    package static let userAgent = RequestText.userAgent

    /// The whole request, ready to be sent.
    package static func request(_ order: WriteOrder) -> [UInt8] {
        switch order.api {
        case .v1: WireV1.request(order)
        case .v3: WireV3.request(order)
        }
    }

    /// What stands before the service's own name in a light beat, and behind the port.
    static func lightBeat(
        of service: ServiceKey, to server: Server, _ api: RegistryAPI
    ) -> (opening: [UInt8], ending: [UInt8]) {
        switch api {
        case .v1:
            let text = WireV1.opening(ofBeatsOf: service, to: server)
            return (text.beginning, text.ending())
        case .v3:
            let text = WireV3.opening(ofBeatsOf: service, to: server)
            return (text.beginning, WireV3.beatMark + text.ending())
        }
    }

    /// What an answer says about the order that it answers.
    package static func reply(to kind: WriteOrder.Kind, _ api: RegistryAPI, _ response: HTTPResponse) -> Reply {
        switch api {
        case .v1: WireV1.reply(to: kind, response)
        case .v3: WireV3.reply(to: kind, response)
        }
    }

    /// Whether the server has the API that was asked for.
    ///
    /// It has if Nacos answers 200, or refuses with a 4xx of its own other than 404 and 410 (contract 4). A 5xx, a web page
    /// and a redirect decide nothing.
    static func presence(of response: HTTPResponse) -> Reply {
        let refusal = refusal(response, isNacos: !isPage(response) && !response.body.isEmpty)
        switch refusal.meaning {
        case .missing, .throttled, .unavailable, .broken: return .refused(refusal)
        case .invalid, .denied:
            return isPage(response) ? .refused(refusal) : .accepted(intervalMilliseconds: nil, lightBeats: nil)
        }
    }

    /// An answer that is no yes, with a short excerpt for people.
    ///
    /// `isNacos`: its form is one that Nacos' answers have; only asked of an answer 200.
    static func refused(_ response: HTTPResponse, isNacos: Bool = false) -> Reply {
        .refused(refusal(response, isNacos: isNacos))
    }

    private static func refusal(_ response: HTTPResponse, isNacos: Bool) -> Refusal {
        let status = response.status
        return Refusal(
            meaning(of: response, isNacos: isNacos), status: status,
            text: (status == 200 && !isNacos ? nil : ErrorAnswer.text(response.body)) ?? Excerpt.text(response.body),
            location: response.location.map { Excerpt.text($0) },
            // A 5xx can come from a proxy that gave up waiting, an odd 200 or a redirect from one with words of its own.
            isCertain: (400..<500).contains(status))
    }

    /// What follows from a status; Nacos' own words for a missing API are told from a web server's page by their form.
    private static func meaning(of response: HTTPResponse, isNacos: Bool) -> Refusal.Meaning {
        switch response.status {
        case 200: isNacos ? .invalid : .broken
        case 401, 403: .denied
        case 429: .throttled
        case 503: .unavailable
        case 404, 410, 501: isPage(response) ? .broken : .missing
        case 400..<500: .invalid
        default: .broken
        }
    }

    /// Whether a web server speaks, and no API.
    private static func isPage(_ response: HTTPResponse) -> Bool {
        let blanks: [UInt8] = [0x20, 0x09, 0x0a, 0x0d]
        return response.body.first { !blanks.contains($0) } == UInt8(ascii: "<")
    }
}
