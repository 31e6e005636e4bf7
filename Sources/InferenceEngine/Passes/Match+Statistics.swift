import OnnxIR
import Tensors

/// The trailing axes of a value, over which it is normalised.
struct TrailingAxes: Equatable {
    let count: Int
    /// Their extents.
    let extents: [Int]
}

/// One divided by the root of a mean of squares plus a small number.
struct InverseRoot {
    /// The mean of squares.
    let mean: ValueID
    let epsilon: Double
    /// What of a product is left without it.
    let others: Product
}

extension Match {
    /// What a value is the mean of over trailing axes, which it keeps.
    mutating func trailingMean(_ value: ValueID) -> (source: ValueID, axes: TrailingAxes)? {
        guard let node = maker(of: value, "ReduceMean"), let reduce = node.operation as? Reduce, reduce.keepsAxes,
            let source = node.input(0), let shape = facts(source).shape, !shape.isEmpty
        else { return nil }
        var axes = reduce.fixedAxes ?? []
        if reduce.fixedAxes == nil, let given = node.input(1) {
            guard let known = facts(given).integers else { return nil }
            axes = known
        }
        if axes.isEmpty, !reduce.ignoresEmptyAxes { axes = Array(shape.indices) }
        guard !axes.isEmpty, let sorted = try? checkedAxes(axes, rank: shape.count),
            sorted == Array(shape.indices.suffix(sorted.count)), let extents = Array(shape.suffix(sorted.count)).fixed
        else { return nil }
        return (source, TrailingAxes(count: sorted.count, extents: extents))
    }

    /// Whether a value is the square of another, as `Pow(x, 2)` or `x · x`.
    mutating func isSquare(_ value: ValueID, of x: ValueID) -> Bool {
        let product = product(of: value, enters: true)
        return product.coefficient.isAlmost(1) && product.powers == [x: 2]
    }

    /// Finds `1 / Sqrt(mean + epsilon)` among the factors of a product, whether it divides, is a `Reciprocal` or a `Pow`.
    mutating func inverseRoot(in product: Product) -> InverseRoot? {
        for (value, power) in product.powers.sorted(by: { $0.key < $1.key }) {
            let found = attempt { match -> InverseRoot? in
                guard let sum = match.radicand(value, power: power) else { return nil }
                let shifted = match.affine(of: sum)
                guard shifted.coefficient.isAlmost(1), shifted.constant >= 0 else { return nil }
                var others = product
                others.powers[value] = nil
                return InverseRoot(mean: shifted.value, epsilon: shifted.constant, others: others)
            }
            if let found { return found }
        }
        return nil
    }

    /// What a factor is one divided by the root of.
    private mutating func radicand(_ value: ValueID, power: Int) -> ValueID? {
        switch power {
        case -1:
            if let argument = attempt({ $0.argument(of: value, "Sqrt") }) { return argument }
            return base(of: value, exponent: 0.5)
        case 1: return base(of: value, exponent: -0.5)
        default: return nil
        }
    }

    private mutating func base(of value: ValueID, exponent: Double) -> ValueID? {
        attempt { match in
            guard let node = match.maker(of: value, "Pow"), node.inputs.count == 2,
                match.index.scalar(node.input(1), beside: node.input(0)) == exponent
            else { return nil }
            return node.input(0)
        }
    }

    /// A scale or shift over the last axes of a value: of just their extents, without leading axes of extent 1.
    func parameter(_ value: ValueID?, over axes: TrailingAxes) -> NodeSketch.Operand? {
        guard let value, areFloat(value), let shape = facts(value).fixedShape else { return nil }
        if shape.dimensions == axes.extents { return .value(value) }
        let leading = shape.rank - axes.count
        guard leading > 0, shape.dimensions.prefix(leading).allSatisfy({ $0 == 1 }),
            Array(shape.dimensions.dropFirst(leading)) == axes.extents, let tensor = index.constant(value),
            let vector = Shape(axes.extents).flatMap({ try? tensor.with(shape: $0) })
        else { return nil }
        return .constant(vector)
    }

    /// A scale that leaves everything as it is.
    func ones(over axes: TrailingAxes) -> NodeSketch.Operand? {
        guard let shape = Shape(axes.extents), shape.elementCount <= 1 << 20,
            let tensor = try? Tensor.of([Float](repeating: 1, count: shape.elementCount), shape)
        else { return nil }
        return .constant(tensor)
    }

    /// The only factor of a product besides one, if any; `nil` when there is more.
    func scale(in product: Product, beside value: ValueID, over axes: TrailingAxes) -> NodeSketch.Operand? {
        guard product.coefficient.isAlmost(1), product.powers[value] == 1, product.powers.count <= 2 else { return nil }
        guard let factor = product.powers.first(where: { $0.key != value }) else { return ones(over: axes) }
        return factor.value == 1 ? parameter(factor.key, over: axes) : nil
    }
}
