import OnnxIR

extension ValueType {
    /// What holds of values of either type; `nil` where nothing does.
    func joined(with other: ValueType?) -> ValueType? {
        switch (self, other) {
        case (.tensor(let type, let shape), .tensor(let otherType, let otherShape)):
            var dimensions: [Dimension]?
            if let shape, let otherShape, shape.count == otherShape.count {
                dimensions = zip(shape, otherShape).map { $0 == $1 ? $0 : .unknown }
            }
            return .tensor(type == otherType ? type : nil, shape: dimensions)
        case (.sequence(let element), .sequence(let other)):
            return .sequence(element.flatMap { $0.joined(with: other) })
        case (.optional(let element), .optional(let other)):
            return .optional(element.flatMap { $0.joined(with: other) })
        default: return self == other ? self : nil
        }
    }

    /// The type without what it says of shapes.
    var withoutShapes: ValueType { mapShapes { _ in nil } }

    /// The type with symbols forgotten: inside of a sequence they stand for no one extent.
    var withoutSymbols: ValueType {
        mapShapes { shape in
            shape?.map { dimension in
                if case .fixed = dimension { return dimension }
                return .unknown
            }
        }
    }

    private func mapShapes(_ transform: ([Dimension]?) -> [Dimension]?) -> ValueType {
        switch self {
        case .tensor(let type, let shape): .tensor(type, shape: transform(shape))
        case .sparseTensor(let type, let shape): .sparseTensor(type, shape: transform(shape))
        case .sequence(let element): .sequence(element?.mapShapes(transform))
        case .optional(let element): .optional(element?.mapShapes(transform))
        case .map, .opaque: self
        }
    }
}

extension Facts {
    /// What is known of a value that is one or the other.
    func joined(with other: Facts) -> Facts { Facts(type: type?.joined(with: other.type)) }
}
