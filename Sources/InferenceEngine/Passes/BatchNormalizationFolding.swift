import OnnxIR
import Tensors

extension Passes {
    /// A `BatchNormalization` of constants goes into the constant weights of the `Conv`, `ConvTranspose` or `Gemm`
    /// before it.
    ///
    /// *Numerics*: the new weights are computed in `Double` and rounded once.
    static let batchNormalizationFolding = GraphPass.fusion(
        "batch-normalization-folding",
        roots: "BatchNormalization"
    ) { match in
        guard let norm = match.node.operation as? BatchNormalization, !norm.trains, norm.isSpatial,
            let numbers = numbers(of: norm, match), match.areFloat(match.output),
            let layer = match.maker(of: match.node.input(0), "Conv", "ConvTranspose", "Gemm"), layer.inputs.count > 1,
            let weights = match.index.constant(layer.input(1)), weights.elementType == .float,
            let places = channels(of: weights.shape, layer), places.count == numbers.factors.count
        else { return nil }
        var bias = [Double](repeating: 0, count: places.count)
        if let given = layer.input(2) {
            guard let tensor = match.index.constant(given), let vector = doubles(tensor, count: places.count),
                tensor.shape.dimensions.dropLast().allSatisfy({ $0 == 1 })
            else { return nil }
            bias = vector
        }
        guard let old = try? weights.array(of: Float.self) else { return nil }
        let shifted = places.indices.map { numbers.shifts[$0] + bias[$0] * numbers.factors[$0] }
        guard
            let scaled = try? Tensor.filled(
                of: Float.self,
                shape: weights.shape,
                { target in
                    // PERF: all weights of a channel that lie side by side, without asking for the channel of each.
                    for start in stride(from: 0, to: old.count, by: max(1, places.inner)) {
                        let factor = numbers.factors[places.channel(of: start)]
                        for index in start..<(start + places.inner) {
                            target[index] = Float(Double(old[index]) * factor)
                        }
                    }
                }
            ), let offsets = try? Tensor.of(shifted.map { Float($0) })
        else { return nil }
        return NodeSketch(
            layer.definition.name,
            opset: layer.version,
            attributes: layer.attributes,
            [layer.input(0).map { .value($0) } ?? .absent, .constant(scaled), .constant(offsets)]
        )
    }

    /// What the operator multiplies each channel by, and then adds.
    private static func numbers(of norm: BatchNormalization, _ match: Match) -> (factors: [Double], shifts: [Double])? {
        var vectors: [[Double]] = []
        for input in match.node.inputs.dropFirst() {
            guard let tensor = match.index.constant(input), tensor.shape.rank == 1,
                let vector = doubles(tensor, count: tensor.shape[0])
            else { return nil }
            vectors.append(vector)
        }
        guard vectors.count == 4, Set(vectors.map(\.count)).count == 1 else { return nil }
        let factors = zip(vectors[0], vectors[3]).map { $0 / ($1 + Double(norm.epsilon)).squareRoot() }
        let shifts = factors.indices.map { vectors[1][$0] - vectors[2][$0] * factors[$0] }
        return (factors + shifts).allSatisfy(\.isFinite) ? (factors, shifts) : nil
    }

    /// The elements of a `float` tensor, one repeated to as many as are wanted.
    private static func doubles(_ tensor: Tensor, count: Int) -> [Double]? {
        guard let elements = try? tensor.array(of: Float.self) else { return nil }
        if elements.count == count { return elements.map { Double($0) } }
        return elements.count == 1 ? [Double](repeating: Double(elements[0]), count: count) : nil
    }

    private static func channels(of weights: Shape, _ layer: LoadedNode) -> WeightChannels? {
        let extents = weights.dimensions
        switch layer.operation {
        case is Conv where weights.rank >= 3:
            return WeightChannels(count: extents[0], groupCount: 1, inner: extents[1...].reduce(1, *))
        case let transposed as ConvTranspose where weights.rank >= 3 && extents[0] % transposed.groupCount == 0:
            return WeightChannels(
                count: extents[1] * transposed.groupCount,
                groupCount: transposed.groupCount,
                inner: extents[2...].reduce(1, *),
                inputCount: extents[0]
            )
        case let gemm as Gemm where weights.rank == 2 && gemm.alpha == 1 && gemm.beta == 1:
            if gemm.transposesB { return WeightChannels(count: extents[0], groupCount: 1, inner: extents[1]) }
            return WeightChannels(count: extents[1], groupCount: 1, inner: 1, inputCount: extents[0])
        default: return nil
        }
    }
}

/// To which channel of a layer's output each of its weights belongs.
private struct WeightChannels {
    let count: Int
    let groupCount: Int
    /// How many weights of a channel lie side by side.
    let inner: Int
    /// How many channels of inputs lie around those of outputs; 1 where the output's come first.
    var inputCount = 1

    var indices: Range<Int> { 0..<count }

    func channel(of index: Int) -> Int {
        guard inner > 0, count > 0 else { return 0 }
        let own = count / groupCount
        let input = index / inner / own
        return input / max(1, inputCount / groupCount) * own + index / inner % own
    }
}
