import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// A matrix in a graph: samples along the first axis, features along the second.
struct Matrix {
    var value: String
    var elementType: MatrixType
    var columnCount: Int

    /// The matrix in another element type.
    func cast(to type: MatrixType, in builder: inout GraphBuilder) -> Matrix {
        guard type != elementType else { return self }
        let value = builder.node("Cast", [value], [Attribute("to", .int(Int64(type.elementType.rawValue)))])
        return Matrix(value: value, elementType: type, columnCount: columnCount)
    }
}

/// What a classifier predicts: the index of the most probable class, and the probability of each.
struct Classification {
    /// int64, `[batch]`.
    var indices: String
    /// `[batch, classes]`.
    var probabilities: Matrix
}

/// A fitted estimator that turns features into other features.
protocol Transformer {
    func transform(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Matrix
}

/// A fitted estimator that predicts classes.
protocol Classifier {
    var classes: ClassLabels { get }
    func classify(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Classification
}

/// A fitted estimator that predicts numbers, one column for each target.
protocol Regressor {
    /// Whether the prediction is a matrix: fitted on a matrix of targets, and not on a vector.
    var predictsMatrix: Bool { get }
    func predict(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Matrix
}

/// What a fitted estimator is for.
enum Role {
    case transformer(any Transformer)
    case classifier(any Classifier)
    case regressor(any Regressor)
}

/// A fitted estimator with what a report says of it.
struct FittedEstimator {
    var role: Role
    var summary: EstimatorSummary
    /// How many features it was fitted on; `nil` where nothing in it says so.
    var featureCount: Int?
}

/// An estimator that mlpack reads: its class, and how a saved object becomes a fitted estimator.
struct EstimatorEntry: Sendable {
    /// The public names of the classes, `sklearn.preprocessing.StandardScaler`, without private modules.
    let classNames: [String]
    let read: @Sendable (EstimatorObject) throws(ModelImportError) -> Role

    init(
        _ classNames: String...,
        read: @escaping @Sendable (EstimatorObject) throws(ModelImportError) -> Role
    ) {
        self.classNames = classNames
        self.read = read
    }
}
