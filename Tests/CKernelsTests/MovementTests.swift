import CKernels
import Testing

/// The kernels of `ck_movement.h` that this file tests.
let movementKernels = ["copy_strided", "permute", "gather_rows", "fill", "pad_constant", "f32_resize"]

/// A box with its steps through source and destination.
struct CopyCase: CustomTestStringConvertible, Sendable {
    let sizes: [Int]
    let from: [Int]
    let to: [Int]
    var testDescription: String { "\(sizes) from \(from) to \(to)" }

    static let all: [CopyCase] = [
        .init(sizes: [], from: [], to: []), .init(sizes: [0, 3], from: [3, 1], to: [3, 1]),
        .init(sizes: [37], from: [1], to: [1]), .init(sizes: [37], from: [-2], to: [1]),
        .init(sizes: [9], from: [0], to: [1]), .init(sizes: [9], from: [1], to: [3]),
        .init(sizes: [5, 7], from: [7, 1], to: [20, 1]), .init(sizes: [5, 7], from: [1, 5], to: [7, 1]),
        .init(sizes: [37, 41], from: [1, 37], to: [41, 1]),
        .init(sizes: [3, 64, 33], from: [2112, 1, 64], to: [2112, 33, 1]),
        .init(sizes: [64, 3, 33], from: [1, 2112, 64], to: [99, 33, 1]),
        .init(sizes: [4, 3, 2, 5], from: [5, 20, 60, 1], to: [30, 10, 5, 1]),
        .init(sizes: [2, 3, 4, 5], from: [0, 5, 0, -1], to: [60, 20, 5, 1]),
        .init(
            sizes: [2, 2, 2, 2, 2, 2, 2, 2],
            from: [1, 2, 4, 8, 16, 32, 64, 128],
            to: [128, 64, 32, 16, 8, 4, 2, 1]
        ),
        .init(sizes: [3, 20], from: [20, 1], to: [1, 3]),
        .init(sizes: [2, 17, 19], from: [1, 2, 34], to: [323, 19, 1]),
    ]

    /// The places in both sides of each element, and how many elements each side has to have.
    func places() -> (from: [Int], to: [Int], fromCount: Int, toCount: Int) {
        let count = sizes.reduce(1, *)
        func places(_ strides: [Int]) -> [Int] {
            (0..<count).map { flat in
                var rest = flat
                return sizes.indices.reversed().reduce(0) { place, axis in
                    defer { rest /= sizes[axis] }
                    return place + rest % sizes[axis] * strides[axis]
                }
            }
        }
        let (from, to) = (places(self.from), places(self.to))
        let lowest = from.min() ?? 0
        return (from.map { $0 - lowest }, to, (from.max() ?? -1) - lowest + 1, (to.max() ?? -1) + 1)
    }
}

private func fillTuple<T>(_ values: [Int], of tuple: inout T) {
    withUnsafeMutableBytes(of: &tuple) { raw in
        let to = raw.bindMemory(to: Int.self)
        for (index, value) in values.enumerated() { to[index] = value }
    }
}

private func checkCopies<Element: FixedWidthInteger & BitwiseCopyable>(
    _ kernels: Kernels,
    _ box: CopyCase,
    of type: Element.Type
) {
    var random = SeededGenerator(seed: 13)
    let places = box.places()
    for side in GuardedBuffer<Element>.Guard.allCases {
        let from = GuardedBuffer(
            (0..<places.fromCount).map { _ in Element.random(in: .min ... .max, using: &random) },
            guarding: side
        )
        let to = GuardedBuffer([Element](repeating: 9, count: places.toCount), guarding: side)
        var copy = ck_copy()
        copy.element_bytes = MemoryLayout<Element>.size
        copy.rank = box.sizes.count
        fillTuple(box.sizes, of: &copy.sizes)
        fillTuple(box.from, of: &copy.from_strides)
        fillTuple(box.to, of: &copy.to_strides)
        var expected = to.values
        for (source, target) in zip(places.from, places.to) { expected[target] = from.base[source] }
        kernels.table.copy_strided(&copy, from.base + (places.from.first ?? 0), to.base, nil)
        #expect(to.values == expected)
    }
}

@Test("boxes are copied by their strides", arguments: Kernels.available, CopyCase.all)
func boxesAreCopied(_ kernels: Kernels, _ box: CopyCase) {
    checkCopies(kernels, box, of: UInt8.self)
    checkCopies(kernels, box, of: UInt16.self)
    checkCopies(kernels, box, of: UInt32.self)
    checkCopies(kernels, box, of: UInt64.self)
    checkCopies(kernels, box, of: UInt128.self)
}

@Test(
    "axes are permuted",
    arguments: Kernels.available,
    [
        ([6], [0]), ([5, 6], [1, 0]), ([3, 20, 17], [0, 2, 1]), ([3, 20, 17], [2, 1, 0]),
        ([2, 9, 4, 8], [0, 2, 1, 3]),
        ([2, 16, 16, 3], [0, 3, 1, 2]), ([2, 3, 4, 5, 6], [4, 0, 3, 1, 2]), ([1, 3, 1, 4], [3, 2, 1, 0]), ([], []),
    ]
)
func axesArePermuted(_ kernels: Kernels, _ axes: ([Int], [Int])) {
    let (sizes, permutation) = axes
    let count = sizes.reduce(1, *)
    let from = GuardedBuffer((0..<UInt32(count)).map { $0 })
    let to = GuardedBuffer([UInt32](repeating: 9, count: count))
    kernels.table.permute(4, sizes.count, sizes, permutation, from.base, to.base, nil)
    for flat in 0..<count {
        var rest = flat
        var places = sizes
        for axis in permutation.reversed() {
            places[axis] = rest % sizes[axis]
            rest /= sizes[axis]
        }
        let source = sizes.indices.reduce(0) { $0 * sizes[$1] + places[$1] }
        #expect(to.base[flat] == UInt32(source))
    }
}

@Test("rows are gathered, from the end for negative indices", arguments: Kernels.available, [1, 4, 8, 12, 100])
func rowsAreGathered(_ kernels: Kernels, _ rowBytes: Int) {
    let indices: [Int64] = [0, 4, -1, 2, -5, 2, 1]
    let from = GuardedBuffer((0..<3 * 5 * rowBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    let expected = (0..<3).flatMap { outer in
        indices.flatMap { index -> [UInt8] in
            let row = outer * 5 + Int(index < 0 ? index + 5 : index)
            return Array(from.values[row * rowBytes..<(row + 1) * rowBytes])
        }
    }
    let to = GuardedBuffer([UInt8](repeating: 9, count: expected.count))
    kernels.table.gather_rows(from.base, 3, 5, rowBytes, indices, 8, indices.count, to.base, nil)
    #expect(to.values == expected)
    to.elements.update(repeating: 9)
    kernels.table.gather_rows(from.base, 3, 5, rowBytes, indices.map(Int32.init), 4, indices.count, to.base, nil)
    #expect(to.values == expected)
}

@Test("elements are repeated", arguments: Kernels.available, [0, 1, 5, 1000])
func elementsAreRepeated(_ kernels: Kernels, _ count: Int) {
    func check<Element: FixedWidthInteger & BitwiseCopyable>(_ value: Element) {
        let to = GuardedBuffer([Element](repeating: 1, count: count))
        withUnsafePointer(to: value) {
            kernels.table.fill(MemoryLayout<Element>.size, $0, count, to.base, nil)
        }
        #expect(to.values == [Element](repeating: value, count: count))
    }
    check(UInt8(7))
    check(UInt16(0x1234))
    check(UInt32(0x1234_5678))
    check(UInt64(0x1234_5678_9abc_def0))
    check(UInt128(3) << 70 | 5)
    check(UInt64(0))
}

@Test(
    "constants are put around",
    arguments: Kernels.available,
    [
        ([3], [2], [1]), ([0, 2], [1, 0], [1, 0]), ([2, 3, 4], [0, 0, 0], [0, 0, 0]),
        ([2, 3, 4], [0, 1, 2], [0, 2, 1]),
        ([2, 3, 5, 7], [0, 0, 1, 1], [0, 0, 1, 1]), ([4, 5], [1, 0], [2, 0]), ([2, 2, 2], [1, 0, 1], [0, 0, 0]),
        ([], [], []),
    ]
)
func constantsArePutAround(_ kernels: Kernels, _ sizes: ([Int], [Int], [Int])) {
    let (inner, before, after) = sizes
    let outer = inner.indices.map { before[$0] + inner[$0] + after[$0] }
    let from = GuardedBuffer((0..<inner.reduce(1, *)).map { Float($0) })
    let to = GuardedBuffer([Float](repeating: 9, count: outer.reduce(1, *)))
    var pad = ck_pad()
    pad.element_bytes = 4
    pad.rank = inner.count
    fillTuple(inner, of: &pad.sizes)
    fillTuple(before, of: &pad.before)
    fillTuple(after, of: &pad.after)
    kernels.table.pad_constant(&pad, [Float(-2.5)], from.base, to.base, nil)
    for flat in to.elements.indices {
        var rest = flat
        var places = inner
        for axis in inner.indices.reversed() {
            places[axis] = rest % outer[axis] - before[axis]
            rest /= outer[axis]
        }
        let isInside = inner.indices.allSatisfy { 0 <= places[$0] && places[$0] < inner[$0] }
        let source = inner.indices.reduce(0) { $0 * inner[$1] + places[$1] }
        #expect(to.base[flat] == (isInside ? from.base[source] : -2.5))
    }
}

@Test(
    "images are resized between their rows and columns",
    arguments: Kernels.available,
    [(4, 5, 8, 10), (3, 3, 7, 600), (9, 40, 4, 13), (1, 1, 3, 5), (5, 7, 5, 7), (2, 600, 5, 1100)]
)
func imagesAreResized(_ kernels: Kernels, _ sizes: (Int, Int, Int, Int)) {
    struct Axis {
        let low: [UInt32]
        let high: [UInt32]
        let weight: [Float]
        init(from: Int, to: Int) {
            let places = (0..<to).map {
                min(max((Float($0) + 0.5) * Float(from) / Float(to) - 0.5, 0), Float(from - 1))
            }
            low = places.map { UInt32($0) }
            high = low.map { min($0 + 1, UInt32(from - 1)) }
            weight = zip(places, low).map { $0 - Float($1) }
        }
    }
    var random = SeededGenerator(seed: 14)
    let (h, w, toH, toW) = sizes
    let (rows, columns) = (Axis(from: h, to: toH), Axis(from: w, to: toW))
    let x = GuardedBuffer(random.floats(3 * h * w))
    let y = GuardedBuffer([Float](repeating: 9, count: 3 * toH * toW))
    let tables = [rows, columns].map { ($0, GuardedBuffer($0.low), GuardedBuffer($0.high), GuardedBuffer($0.weight)) }
    for (rowsAreLinear, columnsAreLinear) in [(true, true), (false, false), (true, false), (false, true)] {
        let axes = zip([(h, toH, rowsAreLinear), (w, toW, columnsAreLinear)], tables).map { size, table in
            ck_resize_axis(
                from: size.0,
                to: size.1,
                low: UnsafePointer(table.1.base),
                high: size.2 ? UnsafePointer(table.2.base) : nil,
                weight: size.2 ? UnsafePointer(table.3.base) : nil
            )
        }
        axes.withUnsafeBufferPointer {
            guard let first = $0.baseAddress else { return }
            kernels.table.f32_resize(x.base, 3, first, first + 1, y.base, nil)
        }
        let expected = (0..<3 * toH * toW).map { flat -> Double in
            let (plane, row, column) = (flat / (toH * toW), flat / toW % toH, flat % toW)
            func at(_ r: UInt32, _ c: UInt32) -> Double { Double(x.base[(plane * h + Int(r)) * w + Int(c)]) }
            let a = rowsAreLinear ? Double(rows.weight[row]) : 0
            let b = columnsAreLinear ? Double(columns.weight[column]) : 0
            let (r, c) = (rows.low[row], columns.low[column])
            return (1 - a) * ((1 - b) * at(r, c) + b * at(r, columns.high[column]))
                + a * ((1 - b) * at(rows.high[row], c) + b * at(rows.high[row], columns.high[column]))
        }
        #expect(areNear(y.values, expected, tolerance: 1e-6))
    }
}
