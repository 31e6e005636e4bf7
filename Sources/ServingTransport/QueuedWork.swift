package import Scheduling
import ServingObservation

/// Work that computes.
package struct QueuedWork: Sendable {
    /// Has an answer sent.
    package typealias Respond = @Sendable (HTTPResponse) -> Void

    /// Whether it takes about as long as handing it to another thread: it is then done at once where a thread is idle.
    package let isShort: Bool
    /// The answer, made for this request alone.
    package let answer: @Sendable (WorkContext) -> HTTPResponse
    /// What it has in common with other work; nothing when `nil`.
    package var group: (any WorkGroup)?
    /// How urgent it is: 0 comes first.
    package var level = 0
    /// Makes what is done together with the work of others; `nil` when it is done alone.
    package var together: (@Sendable (WorkTicket, @escaping Respond) -> Work)?
    /// The answer when it is not done; that of the service when `nil`.
    package var refused: (@Sendable (Refusal) -> HTTPResponse)?

    /// Work of some length.
    package init(isShort: Bool = false, _ answer: @escaping @Sendable (WorkContext) -> HTTPResponse) {
        self.isShort = isShort
        self.answer = answer
    }

    /// The work for a thread of a pool.
    ///
    /// *Parameter* arrival: when the request arrived.
    /// *Parameter* other: the group of work that has none.
    func work(_ ticket: WorkTicket, since arrival: Int, orOf other: PlainWork, respond: @escaping Respond) -> Work {
        if let together { return together(ticket, respond) }
        return Work(of: group ?? other, ticket) { [answer] in
            var context = WorkContext()
            context.waited = monotonicNanoseconds() - arrival
            context.abandonment = ticket.abandonment
            respond(answer(context))
        }
    }
}
