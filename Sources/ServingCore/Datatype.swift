package import Tensors

/// The element types of the Open Inference Protocol; the raw value is the name on the wire.
///
/// *Source*: Open Inference Protocol, Tensor Data Types; `BF16` is Triton's addition.
package enum Datatype: String, Sendable, Hashable, CaseIterable {
    case bool = "BOOL"
    case uint8 = "UINT8"
    case uint16 = "UINT16"
    case uint32 = "UINT32"
    case uint64 = "UINT64"
    case int8 = "INT8"
    case int16 = "INT16"
    case int32 = "INT32"
    case int64 = "INT64"
    case fp16 = "FP16"
    case fp32 = "FP32"
    case fp64 = "FP64"
    case bf16 = "BF16"
    case bytes = "BYTES"

    /// The type of the same elements in ONNX.
    package var elementType: ElementType {
        switch self {
        case .bool: .bool
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32: .uint32
        case .uint64: .uint64
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .fp16: .float16
        case .fp32: .float
        case .fp64: .double
        case .bf16: .bfloat16
        case .bytes: .string
        }
    }

    /// The datatype of ONNX elements; `nil` for those that the protocol has no name for.
    package init?(_ elementType: ElementType) {
        guard let match = Self.allCases.first(where: { $0.elementType == elementType }) else { return nil }
        self = match
    }
}
