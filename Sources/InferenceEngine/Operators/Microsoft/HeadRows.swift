import Diagnostics
import OnnxIR
import Tensors

/// The queries, keys or values of attention: for each position of each head of each sample a row of `float` numbers.
struct HeadRows {
    let tensor: Tensor
    let sampleCount: Int
    let headCount: Int
    /// How many positions there are.
    let length: Int
    /// How many numbers a row has.
    let size: Int
    private let start: Int
    private let sampleStride: Int
    private let headStride: Int
    private let rowStride: Int

    /// Rows of a tensor `[samples, length, heads · size]`, or of some columns of one.
    ///
    /// *Throws*: `shape` for another rank, or when the columns do not divide among the heads.
    init(_ name: String, merged tensor: Tensor, heads: Int, columns: Range<Int>? = nil) throws(EngineError) {
        let shape = tensor.shape
        guard shape.rank == 3 else {
            throw EngineError(.shape, "`\(name)` has shape \(shape), expected [samples, length, columns]")
        }
        let columns = columns ?? 0..<shape[2]
        guard columns.count >= heads, columns.count.isMultiple(of: heads), columns.upperBound <= shape[2] else {
            throw EngineError(.shape, "`\(name)` has \(columns.count) columns, expected a multiple of \(heads) heads")
        }
        self.tensor = tensor
        (sampleCount, headCount, length, size) = (shape[0], heads, shape[1], columns.count / heads)
        start = columns.lowerBound
        (sampleStride, headStride, rowStride) = (shape[1] * shape[2], size, shape[2])
    }

    /// Rows of a tensor `[samples, heads, length, size]`; of `[2, samples, heads, length, size]` those of a half.
    ///
    /// *Throws*: `shape` for another rank or another number of heads.
    init(_ name: String, byHead tensor: Tensor, heads: Int, half: Int? = nil) throws(EngineError) {
        let shape = Array(tensor.shape.dimensions.dropFirst(half == nil ? 0 : 1))
        guard shape.count == 4, shape[1] == heads, half == nil || tensor.shape[0] == 2 else {
            let expected = half == nil ? "[samples, \(heads), length, size]" : "[2, samples, \(heads), length, size]"
            throw EngineError(.shape, "`\(name)` has shape \(tensor.shape), expected \(expected)")
        }
        self.tensor = tensor
        (sampleCount, headCount, length, size) = (shape[0], heads, shape[2], shape[3])
        (sampleStride, headStride, rowStride) = (heads * length * size, length * size, size)
        start = (half ?? 0) * sampleCount * sampleStride
    }

    /// Rows of one part of a tensor `[samples, length, heads, parts, size]`.
    ///
    /// *Throws*: `shape` for another one.
    init(_ name: String, packed tensor: Tensor, heads: Int, part: Int, of partCount: Int) throws(EngineError) {
        let shape = tensor.shape
        guard shape.rank == 5, shape[2] == heads, shape[3] == partCount else {
            let expected = "[samples, length, \(heads), \(partCount), size]"
            throw EngineError(.shape, "`\(name)` has shape \(shape), expected \(expected)")
        }
        self.tensor = tensor
        (sampleCount, headCount, length, size) = (shape[0], heads, shape[1], shape[4])
        start = part * size
        (headStride, rowStride) = (partCount * size, heads * partCount * size)
        sampleStride = length * rowStride
    }

    /// Where the rows of a head begin.
    func offset(sample: Int, head: Int) -> Int { start &+ sample &* sampleStride &+ head &* headStride }

    /// The rows of a head, of which `first` is the beginning, as a matrix.
    func matrix(_ first: UnsafePointer<Float>) -> MatrixView<Float> {
        MatrixView(base: first, rowStride: rowStride, columnStride: 1)
    }

    /// Writes the first rows of a head, of which `first` is the beginning, one behind the other.
    func copy(_ first: UnsafePointer<Float>, _ count: Int, _ target: UnsafeMutablePointer<Float>) {
        for row in 0..<count { (target + row &* size).update(from: first + row &* rowStride, count: size) }
    }

    /// The rows plus a bias with one number for each of their columns, as rows of a tensor of their own.
    func adding(_ bias: [Float], _ call: OperatorCall) throws(EngineError) -> HeadRows {
        let source = try tensor.pointer(Float.self)
        let shape = try call.shape([sampleCount, headCount, length, size])
        let sum = try call.tensor(of: Float.self, shape) { target in
            var next = target
            for sample in 0..<sampleCount {
                for head in 0..<headCount {
                    copy(source + offset(sample: sample, head: head), length, next)
                    for _ in 0..<length {
                        for index in 0..<size { next[index] += bias[head &* size &+ index] }
                        next += size
                    }
                }
            }
        }
        return try HeadRows("bias", byHead: sum, heads: headCount)
    }

    /// The rows turned by the angles of their positions, as rows of a tensor of their own.
    ///
    /// `positions` are those of the rows of each sample; a row whose position is `nil` stays as it is.
    func turned(by table: RotaryTable, positions: [Int?], _ call: OperatorCall) throws(EngineError) -> HeadRows {
        guard 2 * table.pairCount <= size else {
            throw EngineError(.shape, "`cos_cache` has \(table.pairCount) columns, expected at most half of \(size)")
        }
        for case .some(let position) in positions { try table.check(position) }
        let source = try tensor.pointer(Float.self)
        let shape = try call.shape([sampleCount, headCount, length, size])
        let result = try call.tensor(of: Float.self, shape) { target in
            var next = target
            for sample in 0..<sampleCount {
                for head in 0..<headCount {
                    copy(source + offset(sample: sample, head: head), length, next)
                    for row in 0..<length {
                        if let position = positions[sample &* length &+ row] { table.turn(next, at: position) }
                        next += size
                    }
                }
            }
        }
        return try HeadRows("turned", byHead: result, heads: headCount)
    }

    /// These rows behind earlier ones, `[samples, heads, length, size]`.
    ///
    /// *Throws*: `shape` when the earlier rows are of other samples, heads or sizes.
    func appended(to past: HeadRows?, _ call: OperatorCall) throws(EngineError) -> HeadRows {
        let count = past?.length ?? 0
        let placement = Placement(kept: count, added: length, position: count)
        return try cached(
            [Placement](repeating: placement, count: sampleCount),
            capacity: count + length,
            after: past,
            call
        )
    }

    /// What becomes of a sample's rows in a cache.
    struct Placement {
        /// How many earlier rows stay.
        let kept: Int
        /// How many new rows come.
        let added: Int
        /// Where the first of the new rows goes.
        let position: Int
    }

    /// These rows placed among earlier ones, `[samples, heads, capacity, size]`; zeros where there are none.
    ///
    /// There is a placement for each sample.
    ///
    /// *Throws*: `shape` when the earlier rows are of other samples, heads or sizes, or fewer than are kept.
    func cached(
        _ placements: [Placement],
        capacity: Int,
        after past: HeadRows?,
        _ call: OperatorCall
    ) throws(EngineError) -> HeadRows {
        let shape = try call.shape([sampleCount, headCount, capacity, size])
        if let past, past.sampleCount != sampleCount || past.headCount != headCount || past.size != size {
            let expected = "[\(sampleCount), \(headCount), length, \(size)]"
            throw EngineError(.shape, "the past has shape \(past.tensor.shape), expected \(expected)")
        }
        for placement in placements {
            guard placement.kept <= past?.length ?? 0, placement.kept <= capacity, placement.added <= length,
                placement.position >= 0, placement.position <= capacity - placement.added
            else {
                throw EngineError(
                    .shape,
                    "\(placement.added) rows do not fit behind \(placement.position) in a cache of \(capacity)"
                )
            }
        }
        let source = try tensor.pointer(Float.self)
        let earlier = try past?.tensor.pointer(Float.self)
        let cache = try call.tensor(of: Float.self, shape, zeroed: true) { target in
            for (sample, placement) in placements.enumerated() {
                for head in 0..<headCount {
                    let place = target + (sample &* headCount &+ head) &* capacity &* size
                    if let past, let earlier {
                        past.copy(earlier + past.offset(sample: sample, head: head), placement.kept, place)
                    }
                    let rows = source + offset(sample: sample, head: head)
                    copy(rows, placement.added, place + placement.position &* size)
                }
            }
        }
        return try HeadRows("cache", byHead: cache, heads: headCount)
    }
}
