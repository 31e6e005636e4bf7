import Tensors

/// The element types in which estimators compute.
///
/// Scikit-learn computes linear algebra and preprocessing in double and gives trees single precision; graphs do the
/// same, so that a rounding in the middle cannot send a sample to another leaf or another class.
enum MatrixType {
    case float
    case double

    var elementType: ElementType { self == .float ? .float : .double }
}
