import OnnxIR
import Tensors

extension Passes {
    /// What scales and shifts each channel by constants (`BatchNormalization`, `Mul`, `Add`) goes into the constant
    /// weights of the `Conv`, `ConvTranspose` or `Gemm` before it; without one, a `BatchNormalization` takes in the rest.
    ///
    /// *Numerics*: the new weights are computed in `Double` and rounded once.
    static let batchNormalizationFolding = GraphPass.fusion(
        "batch-normalization-folding",
        roots: "BatchNormalization",
        "Mul",
        "Add"
    ) { match in
        guard var source = match.output, match.areFloat(source) else { return nil }
        var all: ChannelScaling?
        var count = 0
        var hasNormalisation = false
        while let found = match.attempt({ scaling(to: source, &$0) }) {
            hasNormalisation = hasNormalisation || found.isNormalisation
            all = all.map { found.scaling.followed(by: $0) } ?? found.scaling
            source = found.input
            count += 1
        }
        guard let all, (all.factors + all.shifts).allSatisfy(\.isFinite) else { return nil }
        if let folded = match.attempt({ folded(all, source, &$0) }) { return folded }
        guard count > 1, hasNormalisation, match.areFloat(source) else { return nil }
        let ones = [Double](repeating: 1, count: all.factors.count)
        let vectors = [all.factors, all.shifts, ones.map { _ in 0 }, ones].compactMap {
            try? Tensor.of($0.map { Float($0) })
        }
        guard vectors.count == 4 else { return nil }
        return NodeSketch(
            "BatchNormalization",
            opset: 15,
            attributes: ["epsilon": .float(0)],
            [.value(source)] + vectors.map { .constant($0) }
        )
    }

    /// The layer before a scaling of its channels, with the scaling in its weights.
    private static func folded(_ scaling: ChannelScaling, _ value: ValueID, _ match: inout Match) -> NodeSketch? {
        guard let layer = match.maker(of: value, "Conv", "ConvTranspose", "Gemm"), layer.inputs.count > 1,
            let weights = match.index.constant(layer.input(1)), weights.elementType == .float,
            let places = channels(of: weights.shape, layer), places.count == scaling.factors.count, match.isPrivate
        else { return nil }
        var bias = [Double](repeating: 0, count: places.count)
        if let given = layer.input(2) {
            guard let tensor = match.index.constant(given), let vector = doubles(tensor, count: places.count),
                tensor.shape.dimensions.dropLast().allSatisfy({ $0 == 1 })
            else { return nil }
            bias = vector
        }
        guard let old = try? weights.array(of: Float.self) else { return nil }
        let shifted = places.indices.map { scaling.shifts[$0] + bias[$0] * scaling.factors[$0] }
        guard
            let scaled = try? Tensor.filled(
                of: Float.self,
                shape: weights.shape,
                { target in
                    // PERF: all weights of a channel that lie side by side, without asking for the channel of each.
                    for start in stride(from: 0, to: old.count, by: max(1, places.inner)) {
                        let factor = scaling.factors[places.channel(of: start)]
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

    /// The scaling that a value is of another one.
    private static func scaling(
        to value: ValueID,
        _ match: inout Match
    ) -> (input: ValueID, scaling: ChannelScaling, isNormalisation: Bool)? {
        guard let node = match.step(to: value, "BatchNormalization", "Mul", "Add") else { return nil }
        if let norm = node.operation as? BatchNormalization {
            guard !norm.trains, norm.isSpatial, let input = node.input(0),
                let scaling = numbers(of: norm, node, match)
            else { return nil }
            return (input, scaling, true)
        }
        return match.commuted(node) { match, input, other in
            guard let tensor = match.index.constant(other), tensor.elementType == .float,
                let shape = match.facts(value).shape, shape == match.facts(input).shape, shape.count >= 3,
                case .fixed(let channels) = shape[1], tensor.shape.rank <= shape.count
            else { return nil }
            let extents = [Int](repeating: 1, count: shape.count - tensor.shape.rank) + tensor.shape.dimensions
            guard extents.indices.allSatisfy({ extents[$0] == 1 || ($0 == 1 && extents[$0] == channels) }),
                let vector = doubles(tensor, count: channels)
            else { return nil }
            let isProduct = node.definition.name == "Mul"
            return (
                input,
                ChannelScaling(
                    factors: isProduct ? vector : vector.map { _ in 1 },
                    shifts: isProduct ? vector.map { _ in 0 } : vector
                ),
                false
            )
        }
    }

    private static func numbers(of norm: BatchNormalization, _ node: LoadedNode, _ match: Match) -> ChannelScaling? {
        var vectors: [[Double]] = []
        for input in node.inputs.dropFirst() {
            guard let tensor = match.index.constant(input), tensor.shape.rank == 1,
                let vector = doubles(tensor, count: tensor.shape[0])
            else { return nil }
            vectors.append(vector)
        }
        guard vectors.count == 4, Set(vectors.map(\.count)).count == 1 else { return nil }
        let factors = zip(vectors[0], vectors[3]).map { $0 / ($1 + Double(norm.epsilon)).squareRoot() }
        return ChannelScaling(
            factors: factors,
            shifts: factors.indices.map { vectors[1][$0] - vectors[2][$0] * factors[$0] }
        )
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

/// What each channel is multiplied by, and what is added then.
private struct ChannelScaling {
    let factors: [Double]
    let shifts: [Double]

    func followed(by next: ChannelScaling) -> ChannelScaling {
        ChannelScaling(
            factors: zip(factors, next.factors).map { $0 * $1 },
            shifts: factors.indices.map { shifts[$0] * next.factors[$0] + next.shifts[$0] }
        )
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
