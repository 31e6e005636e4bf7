import OnnxIR
import Tensors

extension InputFacts {
    /// The elements of small integer inputs, each repeated to as many as the longest has; `nil` where one is not known.
    func alignedExtents(_ indices: Range<Int>) -> [[Dimension]]? {
        var vectors: [[Dimension]] = []
        for index in indices {
            guard let extents = self[index].extents, let shape = self[index].shape, shape.count <= 1,
                elementType(index) == elementType(indices.lowerBound)
            else { return nil }
            vectors.append(extents)
        }
        let lengths = Set(vectors.map(\.count)).subtracting([1])
        guard lengths.count <= 1 else { return nil }
        let length = lengths.first ?? 1
        return vectors.map { $0.count == length ? $0 : [Dimension](repeating: $0[0], count: length) }
    }
}

extension Arithmetic {
    /// The function of two integers of a type, one of which may stand for an extent that is not known yet.
    private static func apply(_ x: Dimension, _ y: Dimension, _ type: ElementType?) -> Dimension {
        switch (x, y) {
        case (.fixed(let x), .fixed(let y)):
            guard type == .int32 else { return .fixed(Int(apply(Int64(x), Int64(y)))) }
            return .fixed(Int(apply(Int32(truncatingIfNeeded: x), Int32(truncatingIfNeeded: y))))
        case (_, .fixed(let y)) where y == neutral: return x
        case (.fixed(let x), _) where x == neutral && isCommutative: return y
        case (.symbol, .symbol) where x == y && isIdempotent: return x
        default: return .unknown
        }
    }

    /// The elements of the output, when those of small integer inputs are known.
    static func extents(_ inputs: InputFacts, _ indices: Range<Int>) -> [Dimension]? {
        guard let vectors = inputs.alignedExtents(indices), var result = vectors.first else { return nil }
        for vector in vectors.dropFirst() { result = zip(result, vector).map { apply($0, $1, inputs.elementType()) } }
        return result
    }
}

extension NumberComparison {
    /// Whether the comparison holds; `nil` where that depends on an extent that is not known yet.
    private static func apply(_ x: Dimension, _ y: Dimension) -> Bool? {
        switch (x, y) {
        case (.fixed(let x), .fixed(let y)): return apply(x, y)
        // An extent, whichever it is, stands to a negative number as zero does.
        case (.symbol, .fixed(let y)) where y < 0: return apply(0, y)
        case (.fixed(let x), .symbol) where x < 0: return apply(x, 0)
        case (.symbol, .symbol) where x == y: return apply(0, 0)
        default: return nil
        }
    }

    /// The output, when it follows from what is known of small integer inputs.
    static func constant(_ inputs: InputFacts) -> Value? {
        guard let vectors = inputs.alignedExtents(0..<2), let shape = inputs.broadcastShape(0..<2)?.fixed else {
            return nil
        }
        let results = zip(vectors[0], vectors[1]).compactMap { apply($0, $1) }
        guard results.count == vectors[0].count, let shape = Shape(shape) else { return nil }
        return (try? Tensor.of(results, shape)).map { .tensor($0) }
    }
}

extension [Dimension] {
    /// How many elements a shape has; the extent of its only axis that is not 1 may be a symbol.
    var product: Dimension { [].missingExtent(of: self) }

    /// The extent that an axis must have for a shape, which this one lacks it, to have as many elements as another.
    ///
    /// A symbol that both shapes have cancels out.
    func missingExtent(of source: [Dimension]) -> Dimension {
        var rest = source
        var divisor = 1
        for extent in self {
            if let fixed = extent.extent {
                let (product, overflow) = divisor.multipliedReportingOverflow(by: fixed)
                guard !overflow, product > 0 else { return .unknown }
                divisor = product
            } else if extent != .unknown, let place = rest.firstIndex(of: extent) {
                rest.remove(at: place)
            } else {
                return .unknown
            }
        }
        let open = rest.filter { $0.extent == nil }
        guard open.count <= 1, let count = Shape(rest.compactMap(\.extent))?.elementCount else { return .unknown }
        guard let symbol = open.first else { return count % divisor == 0 ? .fixed(count / divisor) : .unknown }
        return count == divisor ? symbol : .unknown
    }
}
