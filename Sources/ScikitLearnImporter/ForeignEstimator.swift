import ModelImport
import OnnxBuilder
import Tensors

extension Roles {
    /// What an estimator of another framework can do.
    init(_ estimator: any TabularEstimator) {
        self =
            switch estimator.target {
            case .classes(let labels): .classifier(ForeignClassifier(estimator: estimator, classes: labels))
            case .labels(let count): .multiClassifier(ForeignLabels(estimator: estimator, count: count))
            case .number: .regressor(ForeignRegressor(estimator: estimator, columnCount: nil))
            case .numbers(let count): .regressor(ForeignRegressor(estimator: estimator, columnCount: count))
            }
    }
}

extension TabularEstimator {
    /// The prediction for a table, and its values as a matrix.
    ///
    /// Scikit-learn hands on doubles, unless nobody computed anything with the floats of the input.
    fileprivate func predict(
        _ input: Table,
        columns: Int
    ) throws(ModelImportError) -> (prediction: TabularPrediction, values: Matrix) {
        let areFloats = input.parts.allSatisfy { $0.elementType == .float }
        let matrix = areFloats ? try input.floats() : try input.doubles()
        let prediction = try predict(matrix.value, of: matrix.elementType.elementType, &matrix.graph.builder)
        let values = Matrix(
            graph: matrix.graph,
            value: prediction.values,
            elementType: prediction.elementType == .double ? .double : .float,
            columnCount: columns
        )
        return (prediction, values)
    }
}

/// A classifier of another framework, as a step of a pipeline or inside of another estimator.
private struct ForeignClassifier: Classifier {
    let estimator: any TabularEstimator
    let classes: ClassLabels

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let (prediction, values) = try estimator.predict(input, columns: classes.count)
        let indices = Matrix(
            graph: values.graph,
            value: prediction.indices,
            elementType: .int64,
            columnCount: 1
        )
        let decision = prediction.decision.map {
            Matrix(
                graph: values.graph,
                value: $0,
                elementType: values.elementType,
                columnCount: classes.count == 2 ? 1 : classes.count
            )
        }
        return Classification(
            indices: try indices.reshaped([-1, 1]),
            probabilities: values,
            decision: decision
        )
    }
}

/// A classifier of another framework that decides on each of several labels.
private struct ForeignLabels: MultiClassifier {
    let estimator: any TabularEstimator
    let count: Int

    var targetClasses: [ClassLabels] { [ClassLabels](repeating: .ints([0, 1]), count: count) }

    func classifyTargets(_ input: Table) throws(ModelImportError) -> MultiClassification {
        let (prediction, values) = try estimator.predict(input, columns: count)
        let applies = Matrix(
            graph: values.graph,
            value: prediction.indices,
            elementType: .int64,
            columnCount: count
        )
        var indices: [Matrix] = []
        for target in 0..<count { indices.append(try applies.column(target)) }
        return MultiClassification(indices: indices, probabilities: [values])
    }
}

/// A regressor of another framework.
private struct ForeignRegressor: Regressor {
    let estimator: any TabularEstimator
    /// `nil` for a vector.
    let columnCount: Int?

    var predictsMatrix: Bool { columnCount != nil }

    func predict(_ input: Table) throws(ModelImportError) -> Matrix {
        try estimator.predict(input, columns: columnCount ?? 1).values
    }
}
