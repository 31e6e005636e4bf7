import Diagnostics
package import Scheduling
package import ServingObservation

/// A request for inference on its way through a model, whatever the protocol: how it is read, and where its answer goes.
package struct ModelCall: Sendable {
    /// Has an answer sent that is written.
    package typealias Send = @Sendable () -> Void

    /// What a request says, once it is read.
    package struct Reading: Sendable {
        package let core: InferenceRequest
        /// Writes the answer.
        package let write: @Sendable (InferenceResponse) throws(ServingError) -> Send

        /// What a request says, and how it is answered.
        package init(
            _ core: InferenceRequest,
            write: @escaping @Sendable (InferenceResponse) throws(ServingError) -> Send
        ) {
            self.core = core
            self.write = write
        }
    }

    let arrival = monotonicNanoseconds()
    let abandonment: Abandonment
    let record: RequestRecord?
    let samples: InferenceSamples?
    let read: @Sendable () throws(ServingError) -> Reading
    /// Answers what is not computed.
    let fail: @Sendable (ServingError) -> Void

    /// A call that arrives now.
    ///
    /// *Parameter* abandonment: whether the client has left.
    /// *Parameter* record: what is noted of the request, when somebody wants to know.
    /// *Parameter* samples: where some of the requests and answers are kept.
    /// *Parameter* read: reads the request, on the thread that computes.
    /// *Parameter* fail: sends the answer to a request that failed; called once, or never.
    package init(
        unless abandonment: Abandonment,
        record: RequestRecord? = nil,
        samples: InferenceSamples? = nil,
        read: @escaping @Sendable () throws(ServingError) -> Reading,
        fail: @escaping @Sendable (ServingError) -> Void
    ) {
        self.abandonment = abandonment
        self.record = record
        self.samples = samples
        self.read = read
        self.fail = fail
    }
}
