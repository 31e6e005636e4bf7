import Diagnostics
import ModelFormats
import ModelImport

/// A final estimator on what others predict.
///
/// *Source*: scikit-learn 0.24 to 1.9, `estimators_`, `stack_method_`, `passthrough`, `final_estimator_`, `classes_`.
struct Stack {
    private let parts: [(method: String, predictor: Predictor)]
    private let passesThrough: Bool

    init(_ object: EstimatorObject) throws(ModelImportError) {
        passesThrough = object.flag("passthrough")
        let methods = try object.list("stack_method_").compactMap(\.string)
        let estimators = try object.nestedList("estimators_")
        guard methods.count == estimators.count, !methods.isEmpty else {
            throw ModelImportError(
                .malformed,
                "`stack_method_` has \(methods.count) elements, expected \(estimators.count) from `estimators_`"
            )
        }
        var parts: [(method: String, predictor: Predictor)] = []
        for (index, estimator) in estimators.enumerated() {
            guard let predictor = try object.part("estimator", "\(index)", estimator).predictor else {
                throw ModelImportError(.malformed, "estimator \(index) of `estimators_` predicts nothing")
            }
            parts.append((methods[index], predictor))
        }
        self.parts = parts
    }

    var inputForm: InputForm { .shared(by: parts.map(\.predictor.part.inputForm)) }

    /// What the final estimator gets.
    func features(_ input: Table) throws(ModelImportError) -> Table {
        var columns: [Matrix] = []
        for (method, predictor) in parts {
            switch (method, predictor) {
            case ("predict", .regressor(let regressor)): columns.append(try regressor.predict(input).cast(to: .double))
            case (_, .classifier(let classifier)):
                columns.append(try prediction(method, try classifier.classify(input), classifier.classes))
            default:
                throw ModelImportError(
                    .unsupported,
                    "`\(method)` of an estimator of several targets is not supported here"
                )
            }
        }
        if passesThrough { columns.append(try input.doubles()) }
        return Table(.concatenated(columns))
    }

    private func prediction(
        _ method: String,
        _ result: Classification,
        _ classes: ClassLabels
    ) throws(ModelImportError) -> Matrix {
        switch method {
        case "predict_proba":
            let probabilities = try result.requiredProbabilities()
            return try classes.count == 2 ? probabilities.column(1) : probabilities
        case "decision_function":
            guard let decision = result.decision else {
                throw ModelImportError(.unsupported, "a classifier without `decision_function` is not supported here")
            }
            return decision.cast(to: .double)
        default:
            guard let numbers = classes.numbers else {
                throw ModelImportError(.unsupported, "predicted text as a feature is not supported")
            }
            return try result.indices.rows(of: numbers, width: 1)
        }
    }
}

/// A classifier on what others predict.
struct StackingClassifier: Classifier {
    let stack: Stack
    let final: any Classifier
    let classes: ClassLabels

    var inputForm: InputForm { stack.inputForm }

    static let entry = EstimatorEntry("sklearn.ensemble.StackingClassifier") { object throws(ModelImportError) in
        .classifier(try StackingClassifier(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        stack = try Stack(object)
        classes = try object.classes()
        final = try object.classifier("estimator", "final_estimator_", object.estimator("final_estimator_"))
        guard final.classes.count == classes.count else {
            throw ModelImportError(
                .malformed,
                "`final_estimator_` has \(final.classes.count) classes, expected \(classes.count)"
            )
        }
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        try final.classify(try stack.features(input))
    }
}
