import Diagnostics
import OnnxIR
import Tensors

/// How many keys on each side of its own position a query sees; `nil` for all of them.
struct AttentionReach: Sendable {
    let left: Int?
    let right: Int?

    static let all = AttentionReach(left: nil, right: nil)
}

extension AttentionReach {
    /// The reach by `is_causal`, and since opset 25 by the sizes of a window.
    ///
    /// *Throws*: `attribute` for a size below -1.
    init(_ node: NodeContext) throws(EngineError) {
        var sizes: [Int?] = []
        for name in ["left_window_size", "right_window_size"] {
            let size = node.version < 25 ? -1 : try node.int(name, default: -1)
            guard size >= -1 else { throw .attribute(name, size, expected: "-1 or more") }
            sizes.append(size < 0 ? nil : min(size, 1 << 40))
        }
        let isCausal = try node.bool("is_causal", default: false)
        self.init(left: sizes[0], right: isCausal ? 0 : sizes[1])
    }
}

/// Which keys each query of an attention sees, and what is added to the scores of those it sees.
struct AttentionMask<Element: RealElement> {
    private let heads: AttentionHeads
    private let reach: AttentionReach
    /// For each sample the keys before its first query.
    private let offsets: [Int]
    /// For each sample the keys that are no padding.
    private let lengths: [Int]
    /// What is added, of a shape that broadcasts to that of the scores; the last axis may be shorter.
    let bias: Tensor?
    /// How far apart samples, heads and queries lie in `bias`; 0 where they share its elements.
    private let strides: [Int]
    /// Whether `bias` is added even where it is minus infinity.
    private let addsAlways: Bool

    /// *Throws*: `shape` for a mask that does not broadcast, `value` for lengths beyond the keys.
    init(
        _ heads: AttentionHeads,
        reach: AttentionReach,
        mask: Tensor?,
        pastCount: Int?,
        lengths: [Int]?,
        addsAlways: Bool = false,
        _ call: OperatorCall
    ) throws(EngineError) {
        self.heads = heads
        self.addsAlways = addsAlways && mask?.elementType != .bool
        self.reach = reach
        let all = heads.keyCount
        if let lengths, lengths.count != heads.batch || !lengths.allSatisfy({ $0 >= 0 && $0 <= all }) {
            throw EngineError(
                .value,
                "`nonpad_kv_seqlen` is \(lengths), expected \(heads.batch) numbers from 0 to \(all)"
            )
        }
        self.lengths = lengths ?? [Int](repeating: all, count: heads.batch)
        offsets = lengths?.map { $0 - heads.queryCount } ?? [Int](repeating: pastCount ?? 0, count: heads.batch)
        guard let mask else {
            (bias, strides) = (nil, [])
            return
        }
        let extents = [Int](repeating: 1, count: max(0, 4 - mask.shape.rank)) + mask.shape.dimensions
        let fits = zip(extents, heads.scoreShape).dropLast().allSatisfy { $0 == 1 || $0 == $1 }
        guard (1...4).contains(mask.shape.rank), fits, extents[3] <= all else {
            throw EngineError(
                .shape,
                "the mask has shape \(mask.shape), expected one that broadcasts to \(heads.scoreShape)"
            )
        }
        var distances = [0, 0, 0]
        var distance = extents[3]
        for axis in (0..<3).reversed() {
            distances[axis] = extents[axis] == 1 ? 0 : distance
            distance *= extents[axis]
        }
        strides = distances
        if mask.elementType == .bool {
            bias = try call.map(mask) { (isSeen: Bool) in isSeen ? Element(0) : -Element.infinity }
        } else {
            bias = try call.cast(mask, to: Element.elementType)
        }
    }

    /// Applies the mask to the scores of a head: minus infinity for each key that a query does not see.
    ///
    /// `added` are the elements of `bias`.
    func apply(to scores: UnsafeMutablePointer<Element>, head: Int, _ added: UnsafePointer<Element>?) {
        let (sample, place) = (head / heads.queryHeads, head % heads.queryHeads)
        let width = bias?.shape.dimensions.last ?? heads.keyCount
        for query in 0..<heads.queryCount {
            let row = scores + query * heads.keyCount
            let seen = seen(by: query, sample).clamped(to: 0..<width)
            for key in 0..<seen.lowerBound { row[key] = -.infinity }
            for key in seen.upperBound..<heads.keyCount { row[key] = -.infinity }
            guard let added else { continue }
            let line = added + (sample * strides[0] + place * strides[1] + query * strides[2])
            // NUMERICS: a key that is not seen is so whatever its score, which may be infinite or NaN.
            for key in seen { row[key] = hides(line[key]) ? -.infinity : row[key] + line[key] }
        }
    }

    private func hides(_ added: Element) -> Bool { added == -.infinity && !addsAlways }

    private func seen(by query: Int, _ sample: Int) -> Range<Int> {
        let position = offsets[sample] + query
        let start = reach.left.map { max(0, position - $0) } ?? 0
        let end = reach.right.map { min(lengths[sample], position + $0 + 1) } ?? lengths[sample]
        return start < end ? start..<end : 0..<0
    }
}
