import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR

/// Logistic regression of two or more classes.
///
/// *Source*: scikit-learn 0.24 to 1.9, `predict_proba` of `LogisticRegression`; `multi_class` is gone since 1.8.
struct LogisticRegression: Classifier {
    /// How decisions become probabilities.
    enum Link {
        /// The logistic function of each decision, divided by their sum.
        case oneVersusRest
        /// The softmax over the decisions; of `[-d, d]` where there are two classes.
        case multinomial
    }

    let linear: LinearPrediction
    let classes: ClassLabels
    let link: Link

    static let entry = EstimatorEntry("sklearn.linear_model.LogisticRegression") { object throws(ModelImportError) in
        .classifier(try LogisticRegression(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        linear = try LinearPrediction(object)
        classes = try object.classes()
        let rowCount = classes.count == 2 ? 1 : classes.count
        guard classes.count >= 2, linear.rowCount == rowCount else {
            throw ModelImportError(
                .malformed,
                "`coef_` has \(linear.rowCount) rows, expected \(rowCount) from `classes_`"
            )
        }
        let isOneVersusRest =
            switch object.value["multi_class"]?.string {
            case "multinomial": false
            case "ovr", "warn": true
            default: classes.count == 2 || object.value["solver"]?.string == "liblinear"
            }
        link = isOneVersusRest ? .oneVersusRest : .multinomial
    }

    func classify(_ matrix: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Classification {
        let decision = try linear(matrix, &builder)
        guard classes.count == 2 else {
            let indices = builder.node(
                "ArgMax",
                [decision.value],
                [Attribute("axis", .int(1)), Attribute("keepdims", .int(0))]
            )
            return Classification(indices: indices, probabilities: try probabilities(decision, &builder))
        }
        // SPEC: the second class is predicted where the decision is above zero, not where it is zero.
        let zero = builder.constant(try tensor([0], []), name: "zero")
        let isSecond = builder.node("Greater", [decision.value, zero])
        let column = builder.node("Cast", [isSecond], [Attribute("to", .int(7))])
        let indices = builder.node("Squeeze", [column, try axis(1, &builder)])
        return Classification(indices: indices, probabilities: try probabilities(decision, &builder))
    }

    private func probabilities(_ decision: Matrix, _ builder: inout GraphBuilder) throws(ModelImportError) -> Matrix {
        let value: String
        switch (link, classes.count) {
        case (.oneVersusRest, 2):
            let second = builder.node("Sigmoid", [decision.value])
            let one = builder.constant(try tensor([1], []), name: "one")
            let first = builder.node("Sub", [one, second])
            value = builder.node("Concat", [first, second], [Attribute("axis", .int(1))])
        case (.oneVersusRest, _):
            let each = builder.node("Sigmoid", [decision.value])
            let sum = builder.node("ReduceSum", [each, try axis(1, &builder)])
            value = builder.node("Div", [each, sum])
        case (.multinomial, 2):
            let negative = builder.node("Neg", [decision.value])
            let both = builder.node("Concat", [negative, decision.value], [Attribute("axis", .int(1))])
            value = builder.node("Softmax", [both], [Attribute("axis", .int(1))])
        case (.multinomial, _):
            value = builder.node("Softmax", [decision.value], [Attribute("axis", .int(1))])
        }
        return Matrix(value: value, elementType: .double, columnCount: classes.count)
    }
}
