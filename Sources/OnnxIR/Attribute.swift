/// An attribute of a node: what `AttributeProto` holds.
package struct Attribute: Sendable {
    package var name: String
    package var value: AttributeValue
    package var docString: String

    /// An attribute.
    package init(_ name: String, _ value: AttributeValue) {
        self.name = name
        self.value = value
        docString = ""
    }
}

/// The kinds of attribute; the raw value is the number in `AttributeProto.AttributeType`.
package enum AttributeKind: Int32, Sendable, Hashable, CaseIterable {
    case float = 1
    case int = 2
    case string = 3
    case tensor = 4
    case graph = 5
    case floats = 6
    case ints = 7
    case strings = 8
    case tensors = 9
    case graphs = 10
    case sparseTensor = 11
    case sparseTensors = 12
    case type = 13
    case types = 14
}

/// The value of an attribute.
package enum AttributeValue: Sendable {
    case float(Float)
    case int(Int64)
    /// Bytes, which are UTF-8 in every standard operator but need not be.
    case string([UInt8])
    case tensor(OnnxTensor)
    case graph(Graph)
    case floats([Float])
    case ints([Int64])
    case strings([[UInt8]])
    case tensors([OnnxTensor])
    case graphs([Graph])
    case sparseTensor(OnnxSparseTensor)
    case sparseTensors([OnnxSparseTensor])
    case type(ValueType)
    case types([ValueType])
    /// In the body of a function: the value that the caller gave for the function's attribute of this name.
    case reference(String, kind: AttributeKind)

    /// A string as UTF-8.
    package static func string(_ text: String) -> AttributeValue { .string(Array(text.utf8)) }

    /// Strings as UTF-8.
    package static func strings(_ texts: [String]) -> AttributeValue { .strings(texts.map { Array($0.utf8) }) }

    /// The kind, as the file states it.
    package var kind: AttributeKind {
        switch self {
        case .float: .float
        case .int: .int
        case .string: .string
        case .tensor: .tensor
        case .graph: .graph
        case .floats: .floats
        case .ints: .ints
        case .strings: .strings
        case .tensors: .tensors
        case .graphs: .graphs
        case .sparseTensor: .sparseTensor
        case .sparseTensors: .sparseTensors
        case .type: .type
        case .types: .types
        case .reference(_, let kind): kind
        }
    }

    /// The graphs inside the value: one, several, or none.
    package var subgraphs: [Graph] {
        switch self {
        case .graph(let graph): [graph]
        case .graphs(let graphs): graphs
        default: []
        }
    }
}
