import Diagnostics
import OnnxIR
import Tensors

/// What one run has used so far, held against the limits.
final class RunState {
    let limits: InferenceLimits
    private var liveByteCount = 0
    private var tripCount = 0

    init(limits: InferenceLimits) {
        self.limits = limits
    }

    /// Refuses a tensor that would be too large, by itself or on top of what lives already.
    ///
    /// *Throws*: `limit`.
    func check(_ type: ElementType, _ shape: Shape) throws(EngineError) {
        let count = shape.elementCount
        let byteCount = type == .string ? count.multipliedReportingOverflow(by: MemoryLayout<String>.stride) : nil
        let bytes: Int? = byteCount.map { $0.overflow ? nil : $0.partialValue } ?? type.byteCount(of: count)
        guard let bytes, bytes <= limits.tensorByteCount else {
            throw EngineError(
                .limit,
                "a tensor `\(type.name)` \(shape) is larger than the limit of \(limits.tensorByteCount) bytes"
            )
        }
        guard bytes <= limits.totalByteCount - liveByteCount else {
            throw EngineError(
                .limit,
                "the values of the run together are larger than the limit of \(limits.totalByteCount) bytes"
            )
        }
    }

    /// Refuses a shape without elements that has a very long axis all the same, for some operators walk along it.
    ///
    /// *Throws*: `limit`.
    func checkEmpty(_ shape: Shape) throws(EngineError) {
        guard shape.elementCount == 0, let longest = shape.dimensions.max(), longest > 1 << 24 else { return }
        throw EngineError(.limit, "shape \(shape) has no elements, and an axis longer than the limit of \(1 << 24)")
    }

    func hold(_ value: Value) throws(EngineError) {
        liveByteCount += value.byteCount
        guard liveByteCount <= limits.totalByteCount else {
            throw EngineError(
                .limit,
                "the values of the run together are larger than the limit of \(limits.totalByteCount) bytes"
            )
        }
    }

    func release(_ value: Value) { liveByteCount -= value.byteCount }

    /// Counts one trip of a loop.
    ///
    /// *Throws*: `limit`.
    func countTrip() throws(EngineError) {
        tripCount += 1
        guard tripCount <= limits.loopTripCount else {
            throw EngineError(.limit, "loops took more than the limit of \(limits.loopTripCount) trips")
        }
    }
}

extension Value {
    /// Bytes that the elements take, strings by their headers.
    fileprivate var byteCount: Int {
        switch self {
        case .tensor(let tensor):
            tensor.region?.bytes.count ?? tensor.shape.elementCount * MemoryLayout<String>.stride
        case .sequence(let values, _): values.reduce(0) { $0 + $1.byteCount }
        case .map(_, let values, _): values.reduce(0) { $0 + $1.byteCount }
        case .optional(let value, _): value?.byteCount ?? 0
        }
    }
}
