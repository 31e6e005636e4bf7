import Diagnostics
import ModelImport
import Tensors

/// The element types of the values between estimators.
///
/// Scikit-learn computes linear algebra and preprocessing in double and gives trees single precision; graphs do the
/// same, so that a rounding in the middle cannot send a sample to another leaf or another class.
enum MatrixType {
    case bool
    case double
    case float
    case int64
    case string

    var elementType: ElementType {
        switch self {
        case .bool: .bool
        case .double: .double
        case .float: .float
        case .int64: .int64
        case .string: .string
        }
    }

    /// A tensor of this type; numbers of a whole type are cut toward zero.
    ///
    /// *Throws*: `malformed` for a number that a whole type cannot hold.
    func tensor(_ elements: [Double], _ dimensions: [Int]) throws(ModelImportError) -> Tensor {
        let shape = Shape(dimensions)
        switch self {
        case .float:
            return try importing { () throws(TensorError) in try Tensor(elements.map { Float($0) }, shape: shape) }
        case .int64:
            let integers = elements.compactMap { Int64(exactly: $0.rounded(.towardZero)) }
            guard integers.count == elements.count else {
                throw ModelImportError(.malformed, "a number leaves the range of 64 bits")
            }
            return try importing { () throws(TensorError) in try Tensor(integers, shape: shape) }
        case .bool:
            return try importing { () throws(TensorError) in try Tensor(elements.map { $0 != 0 }, shape: shape) }
        case .double, .string:
            return try importing { () throws(TensorError) in try Tensor(elements, shape: shape) }
        }
    }
}
