import Diagnostics
import Scheduling
import ServingObservation
import Tensors

/// A request that takes part in a batch.
struct BatchMember: Sendable {
    let call: ModelCall
    let reading: ModelCall.Reading
    let rows: Int
    /// What the inputs of those that run with it have in common: their extents beyond the first, in the model's order;
    /// `nil` when it runs alone.
    let key: [[Int]]?
    /// When it was begun to be read, and when that was done.
    let start: Int
    let end: Int
    /// How long after its arrival it may be computed, in nanoseconds; always when `nil`.
    let timeout: Int?
    /// When its time is over.
    let deadline: Int?

    /// A call that has been read.
    ///
    /// *Parameter* start: when it was begun to be read.
    init(_ call: ModelCall, _ reading: ModelCall.Reading, of model: ServedModel, since start: Int)
        throws(ServingError)
    {
        self.call = call
        self.reading = reading
        let core = reading.core
        try model.check(core)
        rows = try model.rows(core)
        key = Self.key(core, model, rows: rows)
        self.start = start
        end = monotonicNanoseconds()
        timeout = core.timeout ?? model.settings.limits.timeout
        guard let timeout else {
            deadline = nil
            return
        }
        let (deadline, isNever) = call.arrival.addingReportingOverflow(timeout)
        guard isNever || end <= deadline else { throw ServedModel.timeIsOver(timeout) }
        self.deadline = isNever ? nil : deadline
    }

    private static func key(_ request: InferenceRequest, _ model: ServedModel, rows: Int) -> [[Int]]? {
        guard rows > 0 else { return nil }
        var key: [[Int]] = []
        for input in model.inputs {
            let shape = request.inputs.first { $0.name == input.name }?.tensor.shape
            guard let extents = shape?.dimensions, extents.first == rows else { return nil }
            key.append(Array(extents.dropFirst()))
        }
        return key
    }

    /// Whether the time that the client gave is over.
    var isLate: Bool { deadline.map { monotonicNanoseconds() > $0 } ?? false }

    /// Whether nobody waits for the answer any more.
    var isAbandoned: Bool { call.abandonment.isSet || isLate }

    /// Why it is not answered when nobody waits any more.
    var abandonedError: ServingError {
        if isLate, let timeout { return ServedModel.timeIsOver(timeout) }
        return ServingError(.deadlineExceeded, "the client has left")
    }
}
