import Diagnostics
import ModelImport
import OnnxBuilder
import Tensors

extension Role {
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

    func classify(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Classification {
        let prediction = try estimator.predict(matrix.value, of: matrix.elementType.elementType, &builder)
        return Classification(
            indices: prediction.indices,
            probabilities: Matrix(
                value: prediction.values,
                elementType: prediction.elementType == .double ? .double : .float,
                columnCount: classes.count
            )
        )
    }
}

/// A regressor of another framework.
private struct ForeignRegressor: Regressor {
    let estimator: any TabularEstimator
    /// `nil` for a vector.
    let columnCount: Int?

    var predictsMatrix: Bool { columnCount != nil }

    func predict(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Matrix {
        let prediction = try estimator.predict(matrix.value, of: matrix.elementType.elementType, &builder)
        return Matrix(
            value: prediction.values,
            elementType: prediction.elementType == .double ? .double : .float,
            columnCount: columnCount ?? 1
        )
    }
}
