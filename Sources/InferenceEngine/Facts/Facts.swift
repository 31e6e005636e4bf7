import OnnxIR
import Tensors

/// What is known of a value before it is computed.
struct Facts: Sendable {
    /// The type, with a symbolic shape; `nil` when nothing is known.
    var type: ValueType?
    /// The value itself, when it is known.
    var constant: Value?
    /// The elements of a small integer vector or scalar that comes from shapes.
    var extents: [Dimension]? {
        didSet { if let extents, extents.count > Self.largestExtentCount { self.extents = nil } }
    }
    /// Longer vectors are no shapes; nodes that put them together would make them grow without end.
    static let largestExtentCount = 1024

    init(type: ValueType? = nil, constant: Value? = nil, extents: [Dimension]? = nil) {
        self.type = type
        self.constant = constant
        self.extents = extents
    }

    static let unknown = Facts()

    static func tensor(_ elementType: ElementType?, _ shape: [Dimension]? = nil) -> Facts {
        Facts(type: .tensor(elementType, shape: shape))
    }

    /// The facts of a value that is known.
    static func constant(_ value: Value) -> Facts {
        var facts = Facts(type: value.type, constant: value)
        if let tensor = value.tensor, tensor.shape.rank <= 1, tensor.shape.elementCount <= 64,
            tensor.elementType == .int64 || tensor.elementType == .int32
        {
            facts.extents = (try? tensor.integers("")).map { $0.map { .fixed($0) } }
        }
        return facts
    }

    var elementType: ElementType? {
        guard case .tensor(let elementType, _) = type else { return nil }
        return elementType
    }

    var shape: [Dimension]? {
        guard case .tensor(_, let shape) = type else { return nil }
        return shape
    }

    /// The elements of an integer vector as far as they are known, where its length is.
    var partialExtents: [Dimension]? {
        if let extents { return extents }
        guard let shape, shape.count == 1, let count = shape[0].extent, count >= 0, count <= 64 else { return nil }
        return [Dimension](repeating: .unknown, count: count)
    }

    /// The shape, when every extent is a number.
    var fixedShape: Shape? { shape?.fixed.flatMap { Shape($0) } }

    /// The value, when it is known as such or by all of its elements.
    var known: Value? {
        if let constant { return constant }
        guard let elements = extents?.fixed, let shape = fixedShape, shape.rank <= 1,
            shape.elementCount == elements.count
        else { return nil }
        switch elementType {
        case .int64: return (try? Tensor.of(elements.map { Int64($0) }, shape)).map { .tensor($0) }
        case .int32:
            let exact = elements.compactMap { Int32(exactly: $0) }
            return exact.count == elements.count ? (try? Tensor.of(exact, shape)).map { .tensor($0) } : nil
        default: return nil
        }
    }

    /// The elements of an integer vector, when they are all numbers.
    var integers: [Int]? {
        if let fixed = extents?.fixed { return fixed }
        guard let tensor = constant?.tensor else { return nil }
        return try? tensor.integers("")
    }
}

extension [Dimension] {
    /// The extents, when each is a number.
    var fixed: [Int]? {
        var fixed: [Int] = []
        for dimension in self {
            guard case .fixed(let extent) = dimension else { return nil }
            fixed.append(extent)
        }
        return fixed
    }

    /// What is known of the extents of one shape from two sides, a number before a symbol.
    func merged(with other: [Dimension]) -> [Dimension] {
        zip(self, other).map { own, other in
            own.extent != nil || other == .unknown || (own != .unknown && other.extent == nil) ? own : other
        }
    }

    /// What two shapes broadcast to, as far as it is known; `nil` when a rank is not.
    func broadcast(with other: [Dimension]) -> [Dimension] {
        let rank = Swift.max(count, other.count)
        return (0..<rank).map { axis in
            let left = axis < rank - count ? .fixed(1) : self[axis - (rank - count)]
            let right = axis < rank - other.count ? .fixed(1) : other[axis - (rank - other.count)]
            switch (left, right) {
            case (.fixed(1), let extent), (let extent, .fixed(1)): return extent
            case (.fixed(let extent), _), (_, .fixed(let extent)): return .fixed(extent)
            default: return left == right ? left : .unknown
            }
        }
    }
}

extension Dimension {
    var extent: Int? {
        guard case .fixed(let extent) = self else { return nil }
        return extent
    }

    /// A number from a number; everything else is unknown.
    func map(_ transform: (Int) -> Int?) -> Dimension {
        guard let extent, let result = transform(extent), result >= 0 else { return .unknown }
        return .fixed(result)
    }

    /// The extent so many times; nothing is known of one that fits no `Int`.
    func times(_ count: Int) -> Dimension {
        guard count != 1 else { return self }
        return map { extent in
            let (product, overflow) = extent.multipliedReportingOverflow(by: count)
            return overflow ? nil : product
        }
    }

    /// The extent of two axes put one behind the other.
    func plus(_ other: Dimension) -> Dimension {
        guard other != .fixed(0) else { return self }
        return map { extent in
            guard let (sum, overflow) = other.extent.map({ extent.addingReportingOverflow($0) }) else { return nil }
            return overflow ? nil : sum
        }
    }
}

extension Value {
    /// The type, with the shape that a tensor has.
    var type: ValueType {
        switch self {
        case .tensor(let tensor): .tensor(tensor.elementType, shape: tensor.shape.dimensions.map { .fixed($0) })
        case .sequence(_, let type): .sequence(type)
        case .map(let keys, _, let type): .map(key: keys.elementType, value: type)
        case .optional(_, let type): .optional(type)
        }
    }
}
