import BeatdCore
import BeatdNacos
import Testing

/// What recorded answers mean, wherever their bytes are cut.
@Suite struct AnswerTests {
    private enum Expected {
        case reply(Reply)
        case closing(Reply)
        /// The answer is whole only when the connection ends.
        case ending(Reply)
    }

    private static let beat = WriteOrder.Kind.beat(light: true, period: .seconds(5))
    private static let registered = Reply.accepted(intervalMilliseconds: nil, lightBeats: nil)
    private static func beaten(_ interval: Int64, light: Bool) -> Reply {
        .accepted(intervalMilliseconds: interval, lightBeats: light)
    }

    private static let answers: [String: (WriteOrder.Kind, Expected)] = [
        "nacos-2.5.0-beat": (beat, .reply(beaten(5000, light: true))),
        "nacos-2.5.0-beat-hundredth": (beat, .closing(beaten(5000, light: true))),
        "nacos-2.5.0-beat-unknown": (beat, .reply(.notFound)),
        "nacos-2.5.0-beat-heavy": (beat, .reply(beaten(7000, light: false))),
        "nacos-2.5.0-beat-http-1.0": (beat, .ending(beaten(5000, light: true))),
        "nacos-2.5.0-beat-interval-5s": (beat, .reply(beaten(0, light: true))),
        "nacos-1.4.1-beat-unknown": (beat, .reply(.notFound)),
        "nacos-2.5.0-register": (.register, .reply(registered)),
        "nacos-2.5.0-register-no-ip": (.register, .closing(.refused(status: 400, text: "Param 'ip' is required."))),
        "nacos-2.5.0-register-port": (
            .register,
            .closing(
                .refused(status: 400, text: "Param 'port' is illegal, the value should be between 0 and 65535.  "))
        ),
        "nacos-2.5.0-beat-no-token": (
            beat,
            .reply(
                .refused(
                    status: 403,
                    text: "user not found!"))
        ),
        "nacos-1.4.1-unknown-path": (
            .register,
            .closing(
                .refused(
                    status: 501,
                    text: "no such api:GET:/nacos/v1/ns/nosuch"))
        ),
        "nacos-2.5.0-html": (
            beat,
            .closing(
                .refused(
                    status: 501,
                    text: "<html><body><h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for "
                        + "/error, so you are seeing this as a fallback.</p><div id='created'>Sun Nov 22 14:04:02 UTC 2026</div"
                        + "><div>Ther"))
        ),
        "nacos-3.0.3-empty": (.register, .reply(.refused(status: 200, text: "an empty answer"))),
        "r-nacos-beat": (beat, .reply(beaten(5000, light: true))),
        "r-nacos-not-found": (.register, .reply(.refused(status: 404, text: "an empty answer"))),
        "r-nacos-idle": (beat, .closing(.refused(status: 408, text: "an empty answer"))),
        "nginx-bad-gateway": (beat, .reply(.refused(status: 502, text: "<html>  <h1>502</h1>  </html>  "))),
    ]

    @Test func `every recorded answer has its meaning here`() throws {
        #expect(try Recorded.answers() == Set(Self.answers.keys))
    }

    @Test(arguments: answers.keys.sorted()) func `an answer means the same wherever it is cut`(_ name: String) throws {
        let bytes = try Recorded.answer(name)
        let (kind, expected) = try #require(Self.answers[name])
        for cut in 0...bytes.count {
            check(hear(kind, [bytes[..<cut], bytes[cut...]], expected), expected, "cut at \(cut)")
        }
        check(hear(kind, bytes.indices.map { bytes[$0...$0] }, expected), expected, "byte by byte")
    }

    private func check(_ heard: [LinkConversation.Outcome], _ expected: Expected, _ how: String) {
        let id = WriteID(number: 1)
        switch expected {
        case .reply(let reply): #expect(heard == [.replied(id, reply)], "\(how)")
        case .closing(let reply), .ending(let reply):
            #expect(heard == [.replied(id, reply), .closed(.announced)], "\(how)")
        }
    }

    private func hear(
        _ kind: WriteOrder.Kind, _ pieces: [ArraySlice<UInt8>], _ expected: Expected
    ) -> [LinkConversation.Outcome] {
        var talk = LinkConversation()
        talk.ask(Recorded.Case(instance: Recorded.instance(), server: Recorded.server).order(kind))
        talk.took(talk.unsent.count)
        var outcomes: [LinkConversation.Outcome] = []
        for piece in pieces {
            // Nothing is heard before the whole answer is there, and nothing after it.
            #expect(outcomes.isEmpty || piece.isEmpty)
            outcomes += talk.received(piece)
        }
        if case .ending = expected { outcomes += talk.ended("the other end closed the connection") }
        return outcomes
    }
}
