package import Tensors

/// The name and type of a value: what `ValueInfoProto` holds.
package struct ValueInfo: Sendable, Hashable {
    package var name: String
    /// The type; `nil` where the file leaves it open.
    package var type: ValueType?
    package var docString: String
    package var metadata: [MetadataEntry]

    /// A value.
    package init(name: String, type: ValueType?) {
        self.name = name
        self.type = type
        docString = ""
        metadata = []
    }
}

/// The type of a value: what `TypeProto` holds, without denotations.
package indirect enum ValueType: Sendable, Hashable {
    /// A dense tensor; a `nil` shape means that the rank is not known, a `nil` element type that the file names none.
    case tensor(ElementType?, shape: [Dimension]?)
    case sparseTensor(ElementType?, shape: [Dimension]?)
    case sequence(ValueType?)
    case map(key: ElementType?, value: ValueType?)
    case optional(ValueType?)
    case opaque(domain: String, name: String)

    /// A dense tensor of known element type and rank.
    package static func tensor(_ elementType: ElementType, _ shape: [Dimension]) -> ValueType {
        .tensor(elementType, shape: shape)
    }
}

/// One dimension of a shape in a graph.
package enum Dimension: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case fixed(Int)
    /// A name that stands for the same extent wherever it appears in the graph.
    case symbol(String)
    case unknown

    package init(integerLiteral value: Int) { self = .fixed(value) }
    package init(stringLiteral value: String) { self = .symbol(value) }
}

extension Dimension: CustomStringConvertible {
    package var description: String {
        switch self {
        case .fixed(let extent): "\(extent)"
        case .symbol(let name): name
        case .unknown: "?"
        }
    }
}

extension ValueType: CustomStringConvertible {
    /// The type as ONNX's own documents spell it: `tensor(float)[batch, 4]`.
    package var description: String {
        switch self {
        case .tensor(let element, let shape): "tensor(\(element?.name ?? "?"))\(Self.text(shape))"
        case .sparseTensor(let element, let shape): "sparse_tensor(\(element?.name ?? "?"))\(Self.text(shape))"
        case .sequence(let element): "seq(\(element?.description ?? "?"))"
        case .map(let key, let value): "map(\(key?.name ?? "?"), \(value?.description ?? "?"))"
        case .optional(let element): "optional(\(element?.description ?? "?"))"
        case .opaque(let domain, let name): "opaque(\(domain), \(name))"
        }
    }

    private static func text(_ shape: [Dimension]?) -> String {
        guard let shape else { return "" }
        return "[" + shape.map(\.description).joined(separator: ", ") + "]"
    }
}
