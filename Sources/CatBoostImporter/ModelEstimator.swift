import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// A model as an estimator.
struct ModelEstimator: TabularEstimator {
    let model: Model
    let summary: EstimatorSummary
    let target: TabularTarget

    /// A model that was saved by itself, or by the class of this name.
    init(_ model: Model, className: String? = nil) throws(ModelImportError) {
        self.model = model
        let name =
            switch model.information.objective.kind {
            case .binary, .multiclass, .oneVersusAll, .labels: "CatBoostClassifier"
            case .ranking: "CatBoostRanker"
            case .regression, .exponential, .uncertainty, .custom: "CatBoostRegressor"
            }
        summary = EstimatorSummary(className: className ?? "catboost.\(name)")
        target = try Self.target(of: model)
    }

    private static func target(of model: Model) throws(ModelImportError) -> TabularTarget {
        let dimension = model.dimension
        let classCount: Int
        switch model.information.objective.kind {
        case .binary: classCount = 2
        case .multiclass, .oneVersusAll: classCount = dimension
        case .labels: return .labels(count: dimension)
        case .uncertainty where dimension != 2:
            throw ModelImportError(.malformed, "there are \(dimension) raw scores, expected a mean and a deviation")
        default: return dimension == 1 ? .number : .numbers(count: dimension)
        }
        let labels = model.information.labels ?? .ints((0..<Int64(classCount)).map(\.self))
        guard labels.count == classCount, classCount > 1, classCount == 2 || classCount == dimension else {
            throw ModelImportError(.malformed, "`class_names` has \(labels.count) labels, expected \(classCount)")
        }
        return .classes(labels)
    }

    var takesDoubles: Bool { false }
    var frameworkVersion: String? { nil }
    var featureCount: Int { model.columnCount }
    var featureNames: [String]? { model.columnNames }

    var warnings: [String] {
        guard case .custom = model.information.objective.kind else { return [] }
        return ["the loss function is one of your own: predictions are raw scores"]
    }

    func predict(
        _ features: String,
        of type: ElementType,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> TabularPrediction {
        guard model.categoricalFeatures.isEmpty else {
            throw ModelImportError(
                .unsupported,
                "categorical features inside of other estimators are not supported, expected numbers"
            )
        }
        let matrix = type == .float ? features : builder.cast(features, to: .float)
        return try prediction(of: matrix, &builder) { split in
            guard case .isAbove(let feature, let border) = split else {
                return Tree.Test(column: 0, threshold: 0, missingGoesLeft: true)
            }
            return Tree.Test(
                column: model.floatFeatures[feature].column,
                threshold: Double(border),
                missingGoesLeft: !model.floatFeatures[feature].missingIsGreatest
            )
        }
    }

    /// Adds inputs and the nodes that predict; where there are categories, each column that trees use has an input.
    func predict(_ builder: inout GraphBuilder) throws(ModelImportError) -> TabularPrediction {
        guard !model.categoricalFeatures.isEmpty else {
            let input = builder.input("X", .tensor(.float, ["batch", .fixed(featureCount)]))
            return try predict(input, of: .float, &builder)
        }
        let columns = try SampleColumns(model)
        return try prediction(of: try columns.matrix(&builder), &builder) { columns.test($0) }
    }

    private func prediction(
        of matrix: String,
        _ builder: inout GraphBuilder,
        test: (Model.Split) -> Tree.Test
    ) throws(ModelImportError) -> TabularPrediction {
        let scores = try scores(of: matrix, &builder, test: test)
        let objective = model.information.objective
        let values = try objective.predictions(of: scores, &builder)
        switch objective.kind {
        case .binary:
            return try builder.binaryPrediction(
                second: values,
                type: .double,
                threshold: model.information.threshold
            )
        case .multiclass, .oneVersusAll:
            let attributes = [Attribute("axis", .int(1)), Attribute("keepdims", .int(0))]
            let indices = builder.node("ArgMax", [scores], attributes)
            return TabularPrediction(indices: indices, probabilities: values, elementType: .double)
        case .labels: return try builder.labelsPrediction(probabilities: values, type: .double)
        default: return TabularPrediction(values: values, elementType: .double)
        }
    }

    /// The raw scores, double, `[batch, dimension]`.
    private func scores(
        of matrix: String,
        _ builder: inout GraphBuilder,
        test: (Model.Split) -> Tree.Test
    ) throws(ModelImportError) -> String {
        var sum = TreeSum(branch: .lessOrEqual)
        for (index, tree) in model.trees.enumerated() {
            tree.append(to: &sum, tree: index, dimension: model.dimension, test: test)
        }
        var scores = try importing { () throws(TensorError) in
            try sum.sums(of: matrix, type: .float, targetCount: model.dimension, &builder)
        }
        if model.scale != 1 {
            scores = builder.node("Mul", [scores, try builder.scalar(model.scale, of: .double, name: "scale")])
        }
        if model.biases.contains(where: { $0 != 0 }) {
            scores = builder.node("Add", [scores, try builder.constant(model.biases, name: "bias")])
        }
        return scores
    }
}
