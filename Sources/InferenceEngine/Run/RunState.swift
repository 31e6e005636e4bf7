import Diagnostics
import OnnxIR
import Tensors

/// What one run has used so far, held against the limits.
final class RunState {
    let limits: InferenceLimits
    private var liveByteCount = 0
    private var tripCount = 0

    /// What takes the time of each step; `nil` where nobody asks.
    let profile: RunProfile?

    /// Whether nobody wants the results any more; asked between steps.
    private let isStopped: (@Sendable () -> Bool)?

    init(
        limits: InferenceLimits,
        profile: RunProfile? = nil,
        isStopped: (@Sendable () -> Bool)? = nil
    ) {
        self.limits = limits
        self.profile = profile
        self.isStopped = isStopped
    }

    /// Ends a run whose results nobody wants any more.
    ///
    /// *Throws*: `stopped`.
    func checkStopped() throws(EngineError) {
        if let isStopped, isStopped() { throw EngineError(.stopped, "the run is stopped") }
    }

    /// Refuses a tensor that would be too large, by itself or on top of what lives already.
    ///
    /// *Throws*: `limit`.
    func check(_ type: ElementType, _ shape: Shape) throws(EngineError) {
        try Self.checkEmpty(shape)
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

    /// Bytes that one more value may take.
    var freeByteCount: Int { max(0, min(limits.tensorByteCount, limits.totalByteCount - liveByteCount)) }

    /// Refuses more memory than there is room for, with which an operator works until it returns.
    ///
    /// *Throws*: `limit`.
    func checkScratch(_ count: Int, of size: Int) throws(EngineError) {
        guard count > max(0, limits.totalByteCount - liveByteCount) / size else { return }
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: size)
        throw EngineError(
            .limit,
            """
            the operator needs \(overflow ? "\(count) times \(size)" : "\(byteCount)") bytes to work with, and with the \
            values of the run that is more than the limit of \(limits.totalByteCount) bytes
            """
        )
    }

    /// Refuses memory between kernels that there is no room for.
    ///
    /// *Throws*: `limit`.
    func checkScratch(_ byteCount: Int) throws(EngineError) {
        guard byteCount > limits.totalByteCount - liveByteCount else { return }
        throw EngineError(
            .limit,
            "the values of the run together are larger than the limit of \(limits.totalByteCount) bytes"
        )
    }

    /// Refuses strings that together would be too long.
    ///
    /// *Throws*: `limit`.
    func checkText(_ byteCount: Int) throws(EngineError) {
        guard byteCount <= limits.tensorByteCount else {
            throw EngineError(
                .limit,
                "text of \(byteCount) bytes is longer than the limit of \(limits.tensorByteCount) bytes"
            )
        }
        guard byteCount <= limits.totalByteCount - liveByteCount else {
            throw EngineError(
                .limit,
                "the values of the run together are larger than the limit of \(limits.totalByteCount) bytes"
            )
        }
    }

    /// Refuses a shape without elements that is very long along other axes all the same, for operators walk them.
    ///
    /// *Throws*: `limit`.
    static func checkEmpty(_ shape: Shape) throws(EngineError) {
        guard shape.elementCount == 0 else { return }
        let others = Shape(shape.dimensions.filter { $0 != 0 })
        guard let others, others.elementCount <= 1 << 24 else {
            throw EngineError(
                .limit,
                "shape \(shape) has no elements, and along its other axes more than the limit of \(1 << 24) places"
            )
        }
    }

    /// Refuses more tensors, however small, than there is room for.
    ///
    /// *Throws*: `limit`.
    func checkTensors(_ count: Int) throws(EngineError) {
        guard count > (limits.totalByteCount - liveByteCount) / Value.leastByteCount else { return }
        throw EngineError(
            .limit,
            "the values of the run together are larger than the limit of \(limits.totalByteCount) bytes"
        )
    }

    func hold(_ value: Value) throws(EngineError) { try hold(byteCount: value.byteCount) }

    func hold(byteCount: Int) throws(EngineError) {
        liveByteCount += byteCount
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
    /// *Throws*: `limit`, `stopped`.
    func countTrip() throws(EngineError) {
        try checkStopped()
        tripCount += 1
        guard tripCount <= limits.loopTripCount else {
            throw EngineError(.limit, "loops took more than the limit of \(limits.loopTripCount) trips")
        }
    }
}

extension Value {
    /// What a tensor takes beside its elements: its shape, its region and its place among others.
    static let leastByteCount = 256

    /// Bytes that the elements take, strings with their headers; a tensor takes at least what describes it.
    var byteCount: Int {
        switch self {
        case .tensor(let tensor): max(tensor.byteCount, Self.leastByteCount)
        case .sequence(let values, _): values.reduce(0) { $0 + $1.byteCount }
        case .map(_, let values, _): values.reduce(0) { $0 + $1.byteCount }
        case .optional(let value, _): value?.byteCount ?? 0
        }
    }
}

extension Tensor {
    fileprivate var byteCount: Int {
        if let region { return region.bytes.count }
        // A string of up to 15 bytes lies in its header.
        return (strings ?? []).reduce(shape.elementCount * MemoryLayout<String>.stride) { sum, text in
            text.utf8.count > 15 ? sum &+ text.utf8.count : sum
        }
    }
}
