import CKernels
import OnnxIR
import Tensors

extension LSTM {
    func lower(_ node: inout Lowering) -> Bool {
        node.lowerRecurrent(layer, .lstm, couplesForget: couplesForget)
    }
}

extension GRU {
    func lower(_ node: inout Lowering) -> Bool {
        node.lowerRecurrent(layer, .gru, resetsProduct: resetsProduct)
    }
}

extension RNN {
    func lower(_ node: inout Lowering) -> Bool { node.lowerRecurrent(layer, .rnn) }
}

extension RecurrentActivation {
    /// `nil` for one that kernels do not have.
    fileprivate var activation: ck_activation? {
        switch self {
        case .affine(let alpha, let beta): .init(CK_AFFINE, alpha: Float(alpha), beta: Float(beta))
        case .elu(let alpha): .init(CK_ELU, alpha: Float(alpha))
        case .hardSigmoid(let alpha, let beta): .init(CK_HARD_SIGMOID, alpha: Float(alpha), beta: Float(beta))
        case .leakyRelu(let alpha): .init(CK_LEAKY_RELU, alpha: Float(alpha))
        case .relu: .init(CK_RELU)
        case .scaledTanh: nil
        case .sigmoid: .init(CK_SIGMOID)
        case .softplus: .init(CK_SOFTPLUS)
        case .softsign: .init(CK_SOFTSIGN)
        case .tanh: .init(CK_TANH)
        case .thresholdedRelu(let alpha): .init(CK_THRESHOLDED_RELU, alpha: Float(alpha))
        }
    }
}

/// The constants of a recurrent layer, direction by direction.
private struct RecurrentWeights {
    let input: [Tensor]
    let recurrence: [Tensor]
    /// `Wb + Rb` of each gate and unit, without the `Rb` that stands apart.
    let bias: [[Double]]
    let hiddenBias: [[Double]?]
    let peepholes: [[Double]?]
}

extension Lowering {
    fileprivate mutating func lowerRecurrent(
        _ layer: RecurrentLayer,
        _ cell: RecurrentKernel.Cell,
        couplesForget: Bool = false,
        resetsProduct: Bool = false
    ) -> Bool {
        guard areFloats(0, 1, 2), let x = shape(0), let w = shape(1), let r = shape(2), x.rank == 3, w.rank == 3,
            r.rank == 3, !layer.isBatchFirst, !has(4), x.elementCount > 0
        else { return false }
        let (length, batch, width, hidden) = (x[0], x[1], x[2], r[2])
        let (directions, gates) = (layer.directionCount, layer.gateCount)
        guard hidden > 0, layer.hiddenSize ?? hidden == hidden, w.dimensions == [directions, gates * hidden, width],
            r.dimensions == [directions, gates * hidden, hidden],
            outputShape(0) == nil || outputShape(0)?.dimensions == [length, directions, batch, hidden]
        else { return false }
        let states = cell == .lstm ? 2 : 1
        for state in 0..<states {
            let expected = [directions, batch, hidden]
            guard !has(5 + state) || (areFloats(5 + state) && shape(5 + state)?.dimensions == expected),
                !names(output: 1 + state) || outputShape(1 + state)?.dimensions == expected
            else { return false }
        }
        let activations = layer.activations.compactMap(\.activation)
        let perWay = layer.activations.count / directions
        guard activations.count == layer.activations.count, perWay > 0,
            let weights = recurrentWeights(directions, gates, hidden, width, splitsHiddenBias: resetsProduct),
            let input = plain(0)
        else { return false }
        var operands: [DraftValue] = []
        func operand(_ value: DraftValue) -> Int {
            operands.append(value)
            return operands.count - 1
        }
        var ways: [RecurrentKernel.Way] = []
        for way in 0..<directions {
            guard let shape = Shape([length * batch, gates * hidden]), let bias = numbers(weights.bias[way], count: 0),
                let matrix = packedWeights(
                    weights.input[way],
                    inner: width,
                    columns: gates * hidden,
                    transposed: true
                ),
                let recurrence = packedRecurrence(weights.recurrence[way], gates: gates, hidden: hidden)
            else { return false }
            var product = GemmKernel(rows: length * batch, columns: gates * hidden, inner: width, tables: tables)
            product.epilogue.bias = 2
            let projected = emitInner(product, [input, matrix, bias], .float, shape)
            let hiddenBias = weights.hiddenBias[way].flatMap { numbers($0, count: 0) }
            let peepholes = weights.peepholes[way].flatMap { numbers($0, count: 0) }
            ways.append(
                RecurrentKernel.Way(
                    projected: operand(projected),
                    recurrence: operand(recurrence),
                    hiddenBias: hiddenBias.map { operand($0) },
                    peepholes: peepholes.map { operand($0) },
                    isReverse: layer.direction == .reverse || way == 1,
                    activations: Array(activations[(way * perWay)..<((way + 1) * perWay)])
                )
            )
        }
        var initial: [Int?] = []
        for state in 0..<states { initial.append(has(5 + state) ? plain(5 + state).map { operand($0) } : nil) }
        var outputNumbers: [Int?] = []
        var named = 0
        for index in 0...states {
            outputNumbers.append(names(output: index) ? named : nil)
            if names(output: index) { named += 1 }
        }
        let kernel = RecurrentKernel(
            cell: cell,
            gateCount: gates,
            length: length,
            batch: batch,
            hidden: hidden,
            ways: ways,
            clip: layer.clip ?? .infinity,
            couplesForget: couplesForget,
            resetsProduct: resetsProduct,
            initialStates: initial,
            allOutput: outputNumbers[0],
            lastOutputs: Array(outputNumbers[1...]),
            tables: tables
        )
        emit(kernel, operands, outputs: 1 + states)
        return true
    }

    private func recurrentWeights(
        _ directions: Int,
        _ gates: Int,
        _ hidden: Int,
        _ width: Int,
        splitsHiddenBias: Bool
    ) -> RecurrentWeights? {
        guard let w = constant(1), let r = constant(2),
            let bias = recurrentVector(3, [directions, 2 * gates * hidden]),
            let peepholes = recurrentVector(7, [directions, 3 * hidden])
        else { return nil }
        var inputs: [Tensor] = []
        var recurrences: [Tensor] = []
        var sums: [[Double]] = []
        var hiddenBiases: [[Double]?] = []
        let rows = gates * hidden
        for way in 0..<directions {
            guard let input = w.slab(way, [rows, width]), let recurrence = r.slab(way, [rows, hidden]) else {
                return nil
            }
            inputs.append(input)
            recurrences.append(recurrence)
            let own = bias.isEmpty ? [Double](repeating: 0, count: 2 * rows) : bias[way]
            sums.append(
                (0..<rows).map { row in
                    own[row] + (splitsHiddenBias && row >= 2 * hidden ? 0 : own[rows + row])
                }
            )
            hiddenBiases.append(splitsHiddenBias ? Array(own[(rows + 2 * hidden)...]) : nil)
        }
        return RecurrentWeights(
            input: inputs,
            recurrence: recurrences,
            bias: sums,
            hiddenBias: hiddenBiases,
            peepholes: peepholes.isEmpty ? [[Double]?](repeating: nil, count: directions) : peepholes
        )
    }

    /// A constant of the layer, a row for each direction; empty when it is not given, `nil` when it does not fit.
    private func recurrentVector(_ index: Int, _ shape: [Int]) -> [[Double]]? {
        guard has(index) else { return [] }
        guard let tensor = constant(index), tensor.shape.dimensions == shape,
            let elements = try? tensor.array(of: Float.self)
        else { return nil }
        return (0..<shape[0]).map { row in elements[(row * shape[1])..<((row + 1) * shape[1])].map { Double($0) } }
    }

    private mutating func packedRecurrence(_ weights: Tensor, gates: Int, hidden: Int) -> DraftValue? {
        let kernels = tables.kernels.pointee
        let count = kernels.f32_recurrent_pack_size(gates, hidden)
        guard let source = try? weights.bytePointer().assumingMemoryBound(to: Float.self) else { return nil }
        return packed(.init(weights, "recurrent"), of: weights, byteCount: count * MemoryLayout<Float>.stride) {
            target in
            kernels.f32_recurrent_pack(gates, hidden, source, target.assumingMemoryBound(to: Float.self))
        }
    }
}

extension Tensor {
    /// One of the matrices that lie one behind the other in a float tensor.
    fileprivate func slab(_ index: Int, _ dimensions: [Int]) -> Tensor? {
        guard let shape = Shape(dimensions), let region else { return nil }
        let byteCount = shape.elementCount * MemoryLayout<Float>.stride
        guard let part = region.slice((index * byteCount)..<((index + 1) * byteCount)) else { return nil }
        return try? Tensor(elementType: elementType, shape: shape, region: part)
    }
}
