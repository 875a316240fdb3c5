/// Answers one request, at once or later; dropping it without an answer closes the connection.
package final class Responder {
    private let exchange: Exchange

    init(_ exchange: Exchange) { self.exchange = exchange }

    deinit { exchange.abort() }

    /// The first answer counts; one that comes when the connection has ended is dropped.
    package func send(_ response: Response) { exchange.answer(response, rest: nil) }

    /// Sends a body that is made meanwhile: the response's own first, then what `next` gives until it gives nil.
    ///
    /// `next` is called as the client takes the bytes, for `HTTPServer.turnLimit` a turn of all such answers together; a
    /// piece should be made in a small part of that. A client that takes nothing is closed as an idle one.
    package func send(_ response: Response, next: @escaping () -> [UInt8]?) { exchange.answer(response, rest: next) }

    /// Whether the client has closed its connection, or lost it; one system call, for who makes others wait.
    package var isGone: Bool { exchange.isGone }

    /// Closes the connection without an answer.
    package func abort() { exchange.abort() }
}
