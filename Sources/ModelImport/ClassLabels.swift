package import JSON
package import Tensors

/// The labels of classes, in the type that the framework predicts them in.
package enum ClassLabels: Sendable, Hashable {
    case ints([Int64])
    case strings([String])
    case bools([Bool])
    case doubles([Double])

    package var count: Int {
        switch self {
        case .ints(let labels): labels.count
        case .strings(let labels): labels.count
        case .bools(let labels): labels.count
        case .doubles(let labels): labels.count
        }
    }

    package var elementType: ElementType {
        switch self {
        case .ints: .int64
        case .strings: .string
        case .bools: .bool
        case .doubles: .double
        }
    }

    /// Whether each label is the index of its class, so that predicted indices are labels already.
    package var areIndices: Bool {
        guard case .ints(let labels) = self else { return false }
        return labels.enumerated().allSatisfy { Int64($0.offset) == $0.element }
    }

    /// The labels several times over.
    package func repeated(_ count: Int) -> ClassLabels {
        func repeated<Label>(_ labels: [Label]) -> [Label] { (0..<count).flatMap { _ in labels } }
        return switch self {
        case .ints(let labels): .ints(repeated(labels))
        case .strings(let labels): .strings(repeated(labels))
        case .bools(let labels): .bools(repeated(labels))
        case .doubles(let labels): .doubles(repeated(labels))
        }
    }

    /// The labels as a vector.
    package func tensor() throws(TensorError) -> Tensor {
        switch self {
        case .ints(let labels): try Tensor(labels)
        case .strings(let labels): try Tensor(strings: labels, shape: .vector(labels.count))
        case .bools(let labels): try Tensor(labels)
        case .doubles(let labels): try Tensor(labels)
        }
    }

    package var json: JSONValue {
        switch self {
        case .ints(let labels): .array(labels.map { .number(JSONNumber($0)) })
        case .strings(let labels): .array(labels.map { .string($0) })
        case .bools(let labels): .array(labels.map { .bool($0) })
        case .doubles(let labels): .array(labels.map { JSONValue($0) })
        }
    }
}
