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

    /// Whether the server has the API that was asked for: whatever it says but 404, 410 and 501, it does (design.md 4).
    static func presence(of response: HTTPResponse) -> Reply {
        RegistryAPI.missing.contains(response.status)
            ? refused(response) : .accepted(intervalMilliseconds: nil, lightBeats: nil)
    }

    /// An answer that is no yes, with a short excerpt for people.
    static func refused(_ response: HTTPResponse) -> Reply {
        .refused(status: response.status, text: Excerpt.text(response.body))
    }
}
