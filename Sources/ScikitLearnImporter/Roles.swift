import ModelImport
import Tensors

/// A fitted estimator as a part of a graph.
protocol GraphPart {
    var inputForm: InputForm { get }
}

extension GraphPart {
    var inputForm: InputForm { .numbers }
}

/// A fitted estimator that turns features into other features.
protocol Transformer: GraphPart {
    func transform(_ input: Table) throws(ModelImportError) -> Table
}

/// A transformer of numbers to numbers, in double.
protocol MatrixTransformer: Transformer {
    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix
}

extension MatrixTransformer {
    func transform(_ input: Table) throws(ModelImportError) -> Table {
        Table(try transform(try input.doubles()))
    }
}

/// A fitted estimator that predicts classes.
protocol Classifier: GraphPart {
    var classes: ClassLabels { get }
    func classify(_ input: Table) throws(ModelImportError) -> Classification
}

/// What a classifier predicts for a batch.
struct Classification {
    /// The indices of the predicted classes: int64, `[batch, 1]`.
    var indices: Matrix
    /// `[batch, classes]`; `nil` for a classifier without `predict_proba`.
    var probabilities: Matrix?
    /// `[batch, 1]` for two classes, `[batch, classes]` for more; `nil` for one without `decision_function`.
    var decision: Matrix?
}

/// A fitted estimator that predicts classes for several targets.
protocol MultiClassifier: GraphPart {
    var targetClasses: [ClassLabels] { get }
    func classifyTargets(_ input: Table) throws(ModelImportError) -> MultiClassification
}

/// What a classifier of several targets predicts for a batch.
struct MultiClassification {
    /// For each target, the indices of the predicted classes.
    var indices: [Matrix]
    /// For each target `[batch, classes]`, or, of an estimator of indicators, one matrix `[batch, targets]`.
    var probabilities: [Matrix]
    /// `[batch, targets]`.
    var decision: Matrix?
}

/// A fitted estimator that predicts numbers, one column for each target.
protocol Regressor: GraphPart {
    /// Whether the prediction is a matrix: fitted on a matrix of targets, and not on a vector.
    var predictsMatrix: Bool { get }
    func predict(_ input: Table) throws(ModelImportError) -> Matrix
    /// The standard deviations of the predictions; `nil` for an estimator that has none.
    func standardDeviation(_ input: Table) throws(ModelImportError) -> Matrix?
}

extension Regressor {
    var predictsMatrix: Bool { false }
    func standardDeviation(_ input: Table) throws(ModelImportError) -> Matrix? { nil }
}

/// A fitted estimator that finds clusters, outliers or densities.
protocol Labeller: GraphPart {
    func label(_ input: Table) throws(ModelImportError) -> Labelling
}

/// What a clusterer or detector gives for a batch, each `nil` where its class has no such method.
struct Labelling {
    /// The cluster, or 1 for an inlier and -1 for an outlier: int64, `[batch, 1]`.
    var labels: Matrix?
    /// `[batch, components]`.
    var probabilities: Matrix?
    /// `[batch, 1]`.
    var decision: Matrix?
    /// `[batch, 1]`.
    var scores: Matrix?
    /// Squared Mahalanobis distances: `[batch, 1]`.
    var distances: Matrix?
}

/// What a fitted estimator predicts.
enum Predictor {
    case classifier(any Classifier)
    case labeller(any Labeller)
    case multiClassifier(any MultiClassifier)
    case regressor(any Regressor)

    var part: any GraphPart {
        switch self {
        case .classifier(let part): part
        case .labeller(let part): part
        case .multiClassifier(let part): part
        case .regressor(let part): part
        }
    }
}

/// What a fitted estimator can do: predict, transform, or both.
struct Roles {
    var predictor: Predictor?
    var transformer: (any Transformer)?

    static func transformer(_ transformer: any Transformer) -> Roles { Roles(transformer: transformer) }
    static func classifier(_ classifier: any Classifier) -> Roles { Roles(predictor: .classifier(classifier)) }
    static func regressor(_ regressor: any Regressor) -> Roles { Roles(predictor: .regressor(regressor)) }
    static func labeller(_ labeller: any Labeller) -> Roles { Roles(predictor: .labeller(labeller)) }
    static func multiClassifier(_ classifier: any MultiClassifier) -> Roles {
        Roles(predictor: .multiClassifier(classifier))
    }

    var inputForm: InputForm { predictor?.part.inputForm ?? transformer?.inputForm ?? .numbers }
}

/// A fitted estimator with what a report says of it.
struct FittedEstimator {
    var roles: Roles
    var summary: EstimatorSummary
    /// How many features it was fitted on; `nil` where nothing in it says so.
    var featureCount: Int?
}

/// An estimator that mlpack reads: its class, and how a saved object becomes a fitted estimator.
struct EstimatorEntry: Sendable {
    /// The public names of the classes, `sklearn.preprocessing.StandardScaler`, without private modules.
    let classNames: [String]
    let read: @Sendable (EstimatorObject) throws(ModelImportError) -> Roles

    init(
        _ classNames: String...,
        read: @escaping @Sendable (EstimatorObject) throws(ModelImportError) -> Roles
    ) {
        self.classNames = classNames
        self.read = read
    }
}
