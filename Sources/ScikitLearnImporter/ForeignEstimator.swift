import Diagnostics
import ModelImport
import OnnxBuilder
import Tensors

extension Roles {
    /// What an estimator of another framework is for.
    ///
    /// *Throws*: `unsupported` for several labels at once.
    init(_ estimator: any TabularEstimator) throws(ModelImportError) {
        switch estimator.target {
        case .classes(let labels): self = .classifier(ForeignClassifier(estimator: estimator, classes: labels))
        case .labels(let count):
            throw ModelImportError(
                .unsupported,
                "classifiers of \(count) labels inside of others are not supported, expected classes"
            )
        case .number: self = .regressor(ForeignRegressor(estimator: estimator, columnCount: nil))
        case .numbers(let count): self = .regressor(ForeignRegressor(estimator: estimator, columnCount: count))
        }
    }
}

/// A classifier of another framework, as a step of a pipeline or inside of another estimator.
private struct ForeignClassifier: Classifier {
    let estimator: any TabularEstimator
    let classes: ClassLabels

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let (prediction, values) = try estimator.predict(input, columnCount: classes.count)
        let indices = Matrix(graph: input.graph, value: prediction.indices, elementType: .int64, columnCount: 1)
        return Classification(indices: try indices.reshaped([-1, 1]), probabilities: values)
    }
}

/// A regressor of another framework.
private struct ForeignRegressor: Regressor {
    let estimator: any TabularEstimator
    /// `nil` for a vector.
    let columnCount: Int?

    var predictsMatrix: Bool { columnCount != nil }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        try estimator.predict(input, columnCount: columnCount ?? 1).values
    }
}

extension TabularEstimator {
    /// What it predicts for numbers, in the type in which they come if they are of one.
    fileprivate func predict(
        _ input: Table,
        columnCount: Int
    ) throws(ModelImportError) -> (prediction: TabularPrediction, values: Matrix) {
        let isFloat = input.parts.allSatisfy { $0.elementType == .float }
        let features = isFloat ? try input.floats() : try input.doubles()
        let graph = input.graph
        let prediction = try predict(features.value, of: features.elementType.elementType, &graph.builder)
        let values = Matrix(
            graph: graph,
            value: prediction.values,
            elementType: prediction.elementType == .double ? .double : .float,
            columnCount: columnCount
        )
        return (prediction, values)
    }
}
