import Diagnostics
import Scheduling
import Tensors
import Threads

/// A request that takes part in a batch.
struct BatchMember: Sendable {
    let call: InferenceCall
    let reading: InferenceCall.Reading
    let rows: Int
    /// What the inputs of those that run with it have in common: their extents beyond the first, in the model's order;
    /// `nil` when it runs alone.
    let key: [[Int]]?
    /// How long it waited, and how long reading it took, in nanoseconds.
    let waited: Int
    let readTime: Int
    /// When its time is over.
    let deadline: Int?

    /// A call that has been read.
    ///
    /// *Parameter* start: when it was begun to be read.
    init(_ call: InferenceCall, _ reading: InferenceCall.Reading, of model: ServedModel, since start: Int)
        throws(ServingError)
    {
        self.call = call
        self.reading = reading
        let core = reading.core
        try model.check(core)
        rows = try model.rows(core)
        key = Self.key(core, model, rows: rows)
        waited = start - call.arrival
        let now = monotonicNanoseconds()
        readTime = now - start
        guard let timeout = core.timeout else {
            deadline = nil
            return
        }
        let (end, isNever) = call.arrival.addingReportingOverflow(timeout)
        guard isNever || now <= end else { throw ServedModel.timeIsOver(timeout) }
        deadline = isNever ? nil : end
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
        if isLate, let timeout = reading.core.timeout { return ServedModel.timeIsOver(timeout) }
        return ServingError(.deadlineExceeded, "the client has left")
    }
}
