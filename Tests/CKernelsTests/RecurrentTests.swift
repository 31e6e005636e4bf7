import CKernels
import Glibc
import Testing

/// The kernels of `ck_recurrent.h` that this file tests.
let recurrentKernels: [String] = [
    "f32_recurrent_pack_size", "f32_recurrent_pack", "f32_recurrent_scratch_size", "f32_lstm", "f32_gru", "f32_rnn",
]

/// A layer with its operands, and what it does in the words of the standard.
private struct Layer {
    enum Cell: CaseIterable {
        case lstm
        case gru
        case rnn

        var gates: Int { self == .lstm ? 4 : self == .gru ? 3 : 1 }
    }

    var cell: Cell
    var length: Int
    var batch: Int
    var hidden: Int
    var isReverse = false
    var couplesForget = false
    var resetsProduct = false
    var isBatchFirst = false
    var hasOutput = true
    var clip = Float.infinity
    var lengths: [Int32]?
    var activations = [
        ck_activation(function: CK_SIGMOID, alpha: 0, beta: 0), ck_activation(function: CK_TANH, alpha: 0, beta: 0),
        ck_activation(function: CK_TANH, alpha: 0, beta: 0),
    ]
    var projected: [Float] = []
    var recurrence: [Float] = []
    var hiddenBias: [Float]?
    var peepholes: [Float]?
    var h: [Float] = []
    var c: [Float] = []

    init(_ cell: Cell, length: Int, batch: Int, hidden: Int, using generator: inout SeededGenerator) {
        self.cell = cell
        self.length = length
        self.batch = batch
        self.hidden = hidden
        if cell == .rnn { activations[0].function = CK_TANH }
        projected = generator.floats(length * batch * cell.gates * hidden, in: -2...2)
        let reach = 2 / Float(max(1, hidden)).squareRoot()
        recurrence = generator.floats(cell.gates * hidden * hidden, in: -reach...reach)
        h = generator.floats(batch * hidden)
        c = generator.floats(batch * hidden)
    }

    private func apply(_ index: Int, _ value: Double, clips: Bool = true) -> Double {
        let x = clips ? min(max(value, -Double(clip)), Double(clip)) : value
        let (alpha, beta) = (Double(activations[index].alpha), Double(activations[index].beta))
        return switch activations[index].function {
        case CK_SIGMOID: 1 / (1 + exp(-x))
        case CK_TANH: tanh(x)
        case CK_RELU: max(0, x)
        case CK_HARD_SIGMOID: max(0, min(1, alpha * x + beta))
        case CK_SOFTSIGN: x / (1 + x.magnitude)
        case CK_AFFINE: alpha * x + beta
        default: x
        }
    }

    /// The output at each time and sample, and the last states.
    func expected() -> (output: [Double], h: [Double], c: [Double]) {
        var output = [Double](repeating: 0, count: length * batch * hidden)
        var (h, c) = (h.map { Double($0) }, c.map { Double($0) })
        for sample in 0..<batch {
            let steps = lengths.map { Int($0[sample]) } ?? length
            for step in 0..<steps {
                let time = isReverse ? steps - 1 - step : step
                let place = isBatchFirst ? sample * length + time : time * batch + sample
                let old = Array(h[(sample * hidden)..<((sample + 1) * hidden)])
                let sum = { (gate: Int, unit: Int) in
                    Double(projected[(place * cell.gates + gate) * hidden + unit])
                }
                let product = { (gate: Int, unit: Int, state: [Double]) in
                    zip(recurrence[((gate * hidden + unit) * hidden)...], state).reduce(0) { $0 + Double($1.0) * $1.1 }
                }
                let gate = { (gate: Int, unit: Int) in sum(gate, unit) + product(gate, unit, old) }
                let update = (0..<hidden).map { cell == .gru ? apply(0, gate(0, $0)) : 0 }
                let reset = (0..<hidden).map { cell == .gru ? apply(0, gate(1, $0)) : 0 }
                let damped = zip(reset, old).map { $0 * $1 }
                for unit in 0..<hidden {
                    let index = sample * hidden + unit
                    let peephole = { (gate: Int) in Double(peepholes?[gate * hidden + unit] ?? 0) }
                    switch cell {
                    case .rnn: h[index] = apply(0, gate(0, unit))
                    case .gru:
                        let bias = Double(hiddenBias?[unit] ?? 0)
                        let inner =
                            resetsProduct
                            ? reset[unit] * (product(2, unit, old) + bias) : product(2, unit, damped)
                        h[index] =
                            (1 - update[unit]) * apply(1, sum(2, unit) + inner) + update[unit] * old[unit]
                    case .lstm:
                        let open = apply(0, gate(0, unit) + peephole(0) * c[index])
                        let forget = couplesForget ? 1 - open : apply(0, gate(2, unit) + peephole(2) * c[index])
                        c[index] = forget * c[index] + open * apply(1, gate(3, unit))
                        h[index] = apply(0, gate(1, unit) + peephole(1) * c[index]) * apply(2, c[index], clips: false)
                    }
                    output[place * hidden + unit] = h[index]
                }
            }
        }
        return (output, h, c)
    }

    struct Results {
        var output: [Float]
        var h: [Float]
        var c: [Float]
    }

    func run(_ kernels: Kernels, guarding side: GuardedBuffer<Float>.Guard, pool: OpaquePointer? = nil) -> Results {
        let gates = cell.gates
        let r = GuardedBuffer(recurrence, guarding: side)
        let packedSize = kernels.table.f32_recurrent_pack_size(gates, hidden)
        let packed = GuardedBuffer([Float](repeating: .nan, count: packedSize), guarding: side)
        kernels.table.f32_recurrent_pack(gates, hidden, r.base, packed.base)
        let input = GuardedBuffer(projected, guarding: side)
        let bias = hiddenBias.map { GuardedBuffer($0, guarding: side) }
        let holes = peepholes.map { GuardedBuffer($0, guarding: side) }
        let counts = lengths.map { GuardedBuffer($0) }
        let (h, c) = (GuardedBuffer(h, guarding: side), GuardedBuffer(c, guarding: side))
        let output = GuardedBuffer([Float](repeating: .nan, count: length * batch * hidden), guarding: side)
        let scratchSize = kernels.table.f32_recurrent_scratch_size(batch, hidden)
        let scratch = GuardedBuffer([Float](repeating: .nan, count: scratchSize), guarding: side)
        var layer = ck_recurrent()
        layer.length = length
        layer.batch = batch
        layer.hidden = hidden
        layer.projected = UnsafePointer(input.base)
        layer.projected_step_stride = (isBatchFirst ? 1 : batch) * gates * hidden
        layer.projected_sample_stride = (isBatchFirst ? length : 1) * gates * hidden
        layer.recurrence = UnsafePointer(packed.base)
        layer.hidden_bias = bias.map { UnsafePointer($0.base) }
        layer.peepholes = holes.map { UnsafePointer($0.base) }
        layer.lengths = counts.map { UnsafePointer($0.base) }
        layer.is_reverse = isReverse
        layer.couples_forget = couplesForget
        layer.resets_product = resetsProduct
        layer.clip = clip
        layer.activations = (activations[0], activations[1], activations[2])
        layer.h = h.base
        layer.c = c.base
        layer.output = hasOutput ? output.base : nil
        layer.output_step_stride = (isBatchFirst ? 1 : batch) * hidden
        layer.output_sample_stride = (isBatchFirst ? length : 1) * hidden
        layer.scratch = scratch.base
        switch cell {
        case .lstm: kernels.table.f32_lstm(&layer, pool)
        case .gru: kernels.table.f32_gru(&layer, pool)
        case .rnn: kernels.table.f32_rnn(&layer, pool)
        }
        withExtendedLifetime((input, packed, bias, holes, counts, scratch)) {}
        return Results(output: output.values, h: h.values, c: c.values)
    }

    /// Whether each table does what the standard says.
    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        let expected = expected()
        for kernels in Kernels.available {
            for side in GuardedBuffer<Float>.Guard.allCases {
                let results = run(kernels, guarding: side)
                var pairs = [(results.h, expected.h)]
                if hasOutput { pairs.append((results.output, expected.output)) }
                if cell == .lstm { pairs.append((results.c, expected.c)) }
                for (actual, wanted) in pairs {
                    let largest = wanted.map(\.magnitude).max() ?? 0
                    let wrong = zip(actual, wanted).count { !((Double($0) - $1).magnitude <= 1e-5 * max(1, largest)) }
                    #expect(wrong == 0, "\(kernels) \(cell)", sourceLocation: sourceLocation)
                }
            }
        }
    }
}

@Test(
    "layers of any size give the outputs and states of their cells",
    arguments: Layer.Cell.allCases,
    [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 31, 33]
)
private func sizes(cell: Layer.Cell, hidden: Int) {
    var generator = SeededGenerator(seed: UInt64(hidden))
    for batch in [1, 2, 3, 4, 5, 13] {
        for length in [1, 4] {
            Layer(cell, length: length, batch: batch, hidden: hidden, using: &generator).check()
        }
    }
}

@Test("nothing is done for nothing", arguments: Layer.Cell.allCases)
private func emptyLayers(cell: Layer.Cell) {
    var generator = SeededGenerator(seed: 1)
    for (length, batch, hidden) in [(0, 2, 3), (2, 0, 3), (2, 3, 0)] {
        Layer(cell, length: length, batch: batch, hidden: hidden, using: &generator).check()
    }
}

@Test("the variants of cells do what the standard says", arguments: Layer.Cell.allCases, [1, 5])
private func variants(cell: Layer.Cell, batch: Int) {
    var generator = SeededGenerator(seed: UInt64(batch) + 100)
    for (length, hidden) in [(3, 11), (4, 24)] {
        let plain = Layer(cell, length: length, batch: batch, hidden: hidden, using: &generator)
        var layer = plain
        layer.clip = 0.4
        layer.check()
        layer = plain
        layer.hasOutput = false
        layer.isReverse = true
        layer.check()
        layer = plain
        layer.isBatchFirst = true
        layer.check()
        layer = plain
        layer.resetsProduct = true
        layer.check()
        layer.hiddenBias = generator.floats(hidden)
        layer.check()
        layer = plain
        layer.peepholes = generator.floats(3 * hidden)
        layer.check()
        layer.couplesForget = true
        layer.check()
    }
}

@Test("each sample ends with its length, in both directions", arguments: Layer.Cell.allCases, [false, true])
private func lengths(cell: Layer.Cell, isReverse: Bool) {
    var generator = SeededGenerator(seed: 200)
    for length in [4, 5] {
        var layer = Layer(cell, length: length, batch: 7, hidden: 9, using: &generator)
        layer.isReverse = isReverse
        layer.lengths = (0..<7).map { Int32($0 % (length + 1)) }
        layer.check()
        layer.resetsProduct = true
        layer.isBatchFirst = true
        layer.check()
    }
}

@Test("other activations than the usual ones are applied", arguments: Layer.Cell.allCases)
private func activations(cell: Layer.Cell) {
    var generator = SeededGenerator(seed: 300)
    var layer = Layer(cell, length: 3, batch: 2, hidden: 10, using: &generator)
    layer.activations = [
        ck_activation(function: CK_HARD_SIGMOID, alpha: 0.2, beta: 0.5),
        ck_activation(function: CK_SOFTSIGN, alpha: 0, beta: 0), ck_activation(function: CK_RELU, alpha: 0, beta: 0),
    ]
    layer.check()
    layer.activations[0] = ck_activation(function: CK_AFFINE, alpha: 0.5, beta: 0.25)
    layer.check()
}

@Test("layers do not depend on the number of threads", arguments: Layer.Cell.allCases)
private func threadsOfLayers(cell: Layer.Cell) {
    var generator = SeededGenerator(seed: 400)
    for (batch, hidden) in [(1, 600), (2, 1030), (50, 100)] {
        let layer = Layer(cell, length: 3, batch: batch, hidden: hidden, using: &generator)
        for kernels in Kernels.available {
            let results = [UInt32(1), 2, 5].map { threads in
                let pool = ck_pool_create(threads)
                defer { ck_pool_destroy(pool) }
                return layer.run(kernels, guarding: .after, pool: pool)
            }
            for other in results.dropFirst() {
                #expect(other.output == results[0].output)
                #expect(other.h == results[0].h)
                #expect(other.c == results[0].c)
            }
        }
    }
}
