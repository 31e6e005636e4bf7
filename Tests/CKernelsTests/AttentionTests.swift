import CKernels
import Glibc
import Testing

/// The kernels of `ck_attention.h` that this file tests.
let attentionKernels = ["f32_attention_scratch_size", "f32_attention"]

/// Sizes and options of an attention.
struct AttentionCase: CustomTestStringConvertible, Sendable {
    var batches = 1
    var heads = 2
    var kvHeads = 2
    var queries = 5
    var keys = 7
    var headSize = 8
    var valueSize = 8
    /// Rows before heads, `[b, s, h, d]`.
    var rowsFirst = false
    var softcap: Float = 0
    /// Which axes of the mask are not repeated: batch, head, row.
    var mask: [Bool]?
    var keyCounts: [Int64]?
    var causal = false
    var causalOffset = 0
    var causalOffsets: [Int64]?
    var window = 0

    var testDescription: String {
        "b\(batches) h\(heads)/\(kvHeads) q\(queries) k\(keys) d\(headSize)/\(valueSize) rows first \(rowsFirst), "
            + "cap \(softcap), mask \(mask ?? []), counts \(keyCounts ?? []), causal \(causal) \(causalOffset) "
            + "\(causalOffsets ?? []), window \(window)"
    }

    static let all: [AttentionCase] = [
        .init(), .init(queries: 1), .init(queries: 2, keys: 300, headSize: 64, valueSize: 64),
        .init(heads: 8, kvHeads: 2, queries: 1, keys: 65, headSize: 32, valueSize: 32, rowsFirst: true),
        .init(heads: 4, kvHeads: 2, queries: 1, keys: 33, headSize: 40, valueSize: 72),
        .init(heads: 1, kvHeads: 1, queries: 1, keys: 700, headSize: 5, valueSize: 3),
        .init(batches: 2, queries: 3, keys: 9, headSize: 1, valueSize: 1, rowsFirst: true),
        .init(batches: 2, heads: 3, kvHeads: 3, queries: 32, keys: 32, headSize: 32, valueSize: 32, rowsFirst: true),
        .init(heads: 2, kvHeads: 1, queries: 40, keys: 131, headSize: 64, valueSize: 64),
        .init(queries: 19, keys: 129, headSize: 128, valueSize: 128, rowsFirst: true),
        .init(queries: 37, keys: 77, headSize: 33, valueSize: 65),
        .init(queries: 9, keys: 50, headSize: 300, valueSize: 7),
        .init(queries: 16, keys: 1, headSize: 16, valueSize: 16), .init(keys: 0), .init(queries: 0),
        .init(queries: 1, keys: 0),
        .init(batches: 2, queries: 24, keys: 140, headSize: 32, valueSize: 32, mask: [true, false, false]),
        .init(batches: 2, queries: 24, keys: 140, headSize: 32, valueSize: 32, mask: [true, true, true]),
        .init(queries: 1, keys: 45, mask: [false, true, true]), .init(queries: 11, mask: [false, false, true]),
        .init(queries: 20, keys: 20, causal: true), .init(queries: 70, keys: 200, causal: true, causalOffset: 130),
        .init(queries: 5, keys: 9, causal: true, causalOffset: -2),
        .init(queries: 2, keys: 30, causal: true, causalOffset: 28),
        .init(queries: 66, keys: 200, causal: true, causalOffset: 100, window: 30),
        .init(queries: 1, keys: 200, causal: true, causalOffset: 150, window: 20),
        .init(batches: 3, queries: 6, keys: 90, keyCounts: [90, 41, 0]),
        .init(
            batches: 3,
            heads: 6,
            kvHeads: 2,
            queries: 4,
            keys: 90,
            keyCounts: [90, 41, 8],
            causal: true,
            causalOffsets: [86, 37, 4]
        ),
        .init(queries: 17, keys: 100, softcap: 3, mask: [false, false, true]),
        .init(queries: 1, keys: 100, softcap: 3),
    ]

    func strides(heads: Int, rows: Int, size: Int) -> ck_head_strides {
        rowsFirst
            ? ck_head_strides(batch: heads * rows * size, head: size, row: heads * size)
            : ck_head_strides(batch: heads * rows * size, head: rows * size, row: size)
    }
}

extension ck_head_strides {
    fileprivate func place(_ batch: Int, _ head: Int, _ row: Int) -> Int {
        batch * self.batch + head * self.head + row * self.row
    }
}

@Test("attention follows its definition in double precision", arguments: Kernels.available, AttentionCase.all)
func attentionFollows(_ kernels: Kernels, _ sizes: AttentionCase) {
    var random = SeededGenerator(seed: 12)
    for side in GuardedBuffer<Float>.Guard.allCases {
        let (b, h, g) = (sizes.batches, sizes.heads, sizes.kvHeads)
        let q = GuardedBuffer(random.floats(b * h * sizes.queries * sizes.headSize, in: -3...3), guarding: side)
        let k = GuardedBuffer(random.floats(b * g * sizes.keys * sizes.headSize, in: -3...3), guarding: side)
        let v = GuardedBuffer(random.floats(b * g * sizes.keys * sizes.valueSize, in: -3...3), guarding: side)
        let y = GuardedBuffer([Float](repeating: 9, count: b * h * sizes.queries * sizes.valueSize), guarding: side)
        var attention = ck_attention()
        attention.batches = b
        attention.heads = h
        attention.kv_heads = g
        attention.queries = sizes.queries
        attention.keys = sizes.keys
        attention.head_size = sizes.headSize
        attention.value_size = sizes.valueSize
        attention.q = UnsafePointer(q.base)
        attention.k = UnsafePointer(k.base)
        attention.v = UnsafePointer(v.base)
        attention.y = y.base
        attention.q_strides = sizes.strides(heads: h, rows: sizes.queries, size: sizes.headSize)
        attention.k_strides = sizes.strides(heads: g, rows: sizes.keys, size: sizes.headSize)
        attention.v_strides = sizes.strides(heads: g, rows: sizes.keys, size: sizes.valueSize)
        attention.y_strides = sizes.strides(heads: h, rows: sizes.queries, size: sizes.valueSize)
        attention.scale = 0.3
        attention.softcap = sizes.softcap
        let axes = sizes.mask ?? [false, false, false]
        let (maskHeads, maskRows) = (axes[1] ? h : 1, axes[2] ? sizes.queries : 1)
        let mask = GuardedBuffer(
            (0..<(axes[0] ? b : 1) * maskHeads * maskRows * sizes.keys).map { _ in
                Bool.random(using: &random) ? Float.random(in: -2...2, using: &random) : -.infinity
            },
            guarding: side
        )
        attention.mask_strides = ck_head_strides(
            batch: axes[0] ? maskHeads * maskRows * sizes.keys : 0,
            head: axes[1] ? maskRows * sizes.keys : 0,
            row: axes[2] ? sizes.keys : 0
        )
        if sizes.mask != nil { attention.mask = UnsafePointer(mask.base) }
        let counts = GuardedBuffer(sizes.keyCounts ?? [])
        if sizes.keyCounts != nil { attention.key_counts = UnsafePointer(counts.base) }
        let offsets = GuardedBuffer(sizes.causalOffsets ?? [])
        if sizes.causalOffsets != nil { attention.causal_offsets = UnsafePointer(offsets.base) }
        attention.causal = sizes.causal
        attention.causal_offset = Int64(sizes.causalOffset)
        attention.window = sizes.window
        let scratch = GuardedBuffer(
            [Float](repeating: .nan, count: kernels.table.f32_attention_scratch_size(&attention, 1) / 4)
        )
        kernels.table.f32_attention(&attention, scratch.base, nil)
        for batch in 0..<b {
            let count = min(sizes.keys, Int(sizes.keyCounts?[batch] ?? Int64(sizes.keys)))
            let offset = Int(sizes.causalOffsets?[batch] ?? Int64(sizes.causalOffset))
            for head in 0..<h {
                let shared = head / (h / g)
                for query in 0..<sizes.queries {
                    let qAt = attention.q_strides.place(batch, head, query)
                    let scores = (0..<count).map { key -> Double in
                        let last = query + offset
                        if sizes.causal && key > last { return -.infinity }
                        if sizes.causal && sizes.window > 0 && key <= last - sizes.window { return -.infinity }
                        let kAt = attention.k_strides.place(batch, shared, key)
                        var score = (0..<sizes.headSize).reduce(0.0) {
                            $0 + Double(q.base[qAt + $1]) * Double(k.base[kAt + $1])
                        }
                        score *= Double(attention.scale)
                        if sizes.softcap != 0 { score = Double(sizes.softcap) * tanh(score / Double(sizes.softcap)) }
                        guard sizes.mask != nil else { return score }
                        return score + Double(mask.base[attention.mask_strides.place(batch, head, query) + key])
                    }
                    let highest = scores.max() ?? -.infinity
                    let weights = scores.map { highest == -.infinity ? 0 : exp($0 - highest) }
                    let sum = weights.reduce(0, +)
                    let yAt = attention.y_strides.place(batch, head, query)
                    for column in 0..<sizes.valueSize {
                        let expected = weights.enumerated().reduce(0.0) {
                            $0 + $1.element
                                * Double(v.base[attention.v_strides.place(batch, shared, $1.offset) + column])
                        }
                        let got = Double(y.base[yAt + column])
                        let exact = sum == 0 ? 0 : expected / sum
                        if !(abs(got - exact) < 3e-5) {
                            Issue.record("[\(batch), \(head), \(query), \(column)]: \(got), expected \(exact)")
                            return
                        }
                    }
                }
            }
        }
    }
}

@Test("NaN in a query reaches its own result only", arguments: Kernels.available, [1, 20])
func attentionKeepsNaN(_ kernels: Kernels, _ queries: Int) {
    var q = [Float](repeating: 0.5, count: queries * 8)
    q[0] = .nan
    let kv = [Float](repeating: 0.25, count: 40 * 8)
    var y = [Float](repeating: 0, count: queries * 8)
    q.withUnsafeBufferPointer { q in
        kv.withUnsafeBufferPointer { kv in
            y.withUnsafeMutableBufferPointer { y in
                var attention = ck_attention()
                attention.batches = 1
                attention.heads = 1
                attention.kv_heads = 1
                attention.queries = queries
                attention.keys = 40
                attention.head_size = 8
                attention.value_size = 8
                attention.q = q.baseAddress
                attention.k = kv.baseAddress
                attention.v = kv.baseAddress
                attention.y = y.baseAddress
                attention.q_strides = ck_head_strides(batch: 0, head: 0, row: 8)
                attention.k_strides = attention.q_strides
                attention.v_strides = attention.q_strides
                attention.y_strides = attention.q_strides
                attention.scale = 1
                let size = kernels.table.f32_attention_scratch_size(&attention, 1)
                let scratch = GuardedBuffer([Float](repeating: 0, count: size / 4))
                kernels.table.f32_attention(&attention, scratch.base, nil)
            }
        }
    }
    let nanCount = y.prefix(8).filter { $0.isNaN }.count
    let rightCount = y.dropFirst(8).filter { abs($0 - 0.25) < 1e-6 }.count
    #expect(nanCount == 8)
    #expect(rightCount == queries * 8 - 8)
}
