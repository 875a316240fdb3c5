/// Answers one request, at once or later; dropping it without an answer closes the connection.
package final class Responder {
    private let exchange: Exchange

    init(_ exchange: Exchange) { self.exchange = exchange }

    deinit { exchange.abort() }

    /// The first answer counts; one that comes when the connection has ended is dropped.
    package func send(_ response: Response) { exchange.answer(response) }

    /// Closes the connection without an answer.
    package func abort() { exchange.abort() }
}
