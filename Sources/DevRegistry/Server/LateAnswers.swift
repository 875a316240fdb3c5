internal import HTTPServer
internal import Linux
internal import Systemd

/// Answers that are held back, each for the same time, so that they leave in the order in which they were made.
final class LateAnswers {
    private struct Late {
        /// Nanoseconds since boot.
        let due: Int64
        let responder: Responder
        let response: Response
    }

    /// Ten times what is connected at once; beyond it the oldest leaves early.
    static let limit = 10_000

    private let delay: Int64
    private var waiting: [Late] = []
    private var timer: EventSource?

    init(_ loop: EventLoop, delay: Duration) throws(SystemCallError) {
        self.delay = delay.nanoseconds
        timer = try loop.timer { [unowned self] in sendDue() }
    }

    func send(_ response: Response, through responder: Responder) {
        if waiting.count == Self.limit {
            let oldest = waiting.removeFirst()
            oldest.responder.send(oldest.response)
        }
        waiting.append(Late(due: Clocks.boot() + delay, responder: responder, response: response))
        if waiting.count == 1 { arm() }
    }

    private func sendDue() {
        let now = Clocks.boot()
        let count = waiting.firstIndex { $0.due > now } ?? waiting.count
        let due = waiting[..<count]
        waiting.removeFirst(count)
        arm()
        for late in due { late.responder.send(late.response) }
    }

    private func arm() {
        if let next = waiting.first { timer?.arm(at: next.due) }
    }
}
