import Diagnostics
import Glibc
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// What a booster's margins mean.
///
/// *Source*: XGBoost's `src/objective`: `PredTransform` and `ProbToMargin` of each objective.
enum Objective {
    /// The logistic function of the margin is the probability of the second class.
    case binaryLogistic
    /// The softmax of the margins is the probability of each class.
    case softmax
    /// The logistic function of the margin is the prediction.
    case logistic
    /// The margin is the prediction.
    case identity
    /// The exponential of the margin is the prediction.
    case exponential

    private static let names: [String: Objective] = [
        "binary:logistic": .binaryLogistic,
        "binary:logitraw": .identity,
        "count:poisson": .exponential,
        "multi:softmax": .softmax,
        "multi:softprob": .softmax,
        "reg:absoluteerror": .identity,
        "reg:gamma": .exponential,
        "reg:linear": .identity,
        "reg:logistic": .logistic,
        "reg:pseudohubererror": .identity,
        "reg:squarederror": .identity,
        "reg:squaredlogerror": .identity,
        "reg:tweedie": .exponential,
    ]

    /// The objectives that mlpack reads, in alphabetical order.
    static var listedNames: [String] { names.keys.sorted() }

    init(named name: String) throws(ModelImportError) {
        guard let objective = Self.names[name] else {
            throw ModelImportError(
                .unsupported,
                "objective `\(name)` is not supported",
                hint: "docs/estimators.md has the list of objectives"
            )
        }
        self = objective
    }

    var isClassifier: Bool {
        switch self {
        case .binaryLogistic, .softmax: true
        case .logistic, .identity, .exponential: false
        }
    }

    /// The margins that base scores, given as predictions, stand for.
    func margins(of scores: [Double]) throws(ModelImportError) -> [Float] {
        var margins: [Float] = []
        for score in scores {
            let margin =
                switch self {
                case .binaryLogistic, .logistic: -log(1 / score - 1)
                case .exponential: log(score)
                case .softmax, .identity: score
                }
            guard margin.isFinite else {
                throw ModelImportError(.malformed, "`base_score` is \(score), which the objective has no margin for")
            }
            margins.append(Float(margin))
        }
        return margins
    }

    /// Adds the outputs of the model, and gives the labels of a classifier.
    func addOutputs(
        of margins: String,
        booster: Booster,
        options: ImportOptions,
        to builder: inout GraphBuilder
    ) throws(ModelImportError) -> ClassLabels? {
        switch self {
        case .binaryLogistic:
            let second = builder.node("Sigmoid", [margins])
            let one = builder.constant(
                try importing { () throws(TensorError) in try Tensor([1 as Float]) },
                name: "one"
            )
            let first = builder.node("Sub", [one, second])
            let both = builder.node("Concat", [first, second], [Attribute("axis", .int(1))])
            // SPEC: XGBClassifier.predict: the second class where its probability is above 0.5.
            let half = builder.constant(
                try importing { () throws(TensorError) in try Tensor([0.5 as Float]) },
                name: "half"
            )
            let isSecond = builder.node("Greater", [second, half])
            let column = builder.node("Cast", [isSecond], [Attribute("to", .int(7))])
            let indices = try reshaped(column, &builder)
            return try classes(2, indices, both, booster: booster, options: options, &builder)
        case .softmax:
            let each = builder.node("Softmax", [margins], [Attribute("axis", .int(1))])
            let attributes = [Attribute("axis", .int(1)), Attribute("keepdims", .int(0))]
            let indices = builder.node("ArgMax", [each], attributes)
            return try classes(booster.groupCount, indices, each, booster: booster, options: options, &builder)
        case .logistic: try addPrediction(builder.node("Sigmoid", [margins]), to: &builder)
        case .exponential: try addPrediction(builder.node("Exp", [margins]), to: &builder)
        case .identity: try addPrediction(margins, to: &builder)
        }
        return nil
    }

    private func classes(
        _ count: Int,
        _ indices: String,
        _ probabilities: String,
        booster: Booster,
        options: ImportOptions,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> ClassLabels {
        let classes = booster.classLabels ?? .ints((0..<Int64(count)).map(\.self))
        guard classes.count == count else {
            throw ModelImportError(.malformed, "`classes_` has \(classes.count) labels, expected \(count)")
        }
        try builder.classifierOutputs(
            indices: indices,
            probabilities: probabilities,
            classes: classes,
            options: options
        )
        return classes
    }

    private func addPrediction(_ value: String, to builder: inout GraphBuilder) throws(ModelImportError) {
        builder.output(try reshaped(value, &builder), name: "prediction", .tensor(.float, ["batch"]))
    }

    /// A column as a vector.
    private func reshaped(_ value: String, _ builder: inout GraphBuilder) throws(ModelImportError) -> String {
        let shape = builder.constant(
            try importing { () throws(TensorError) in try Tensor([-1 as Int64]) },
            name: "shape"
        )
        return builder.node("Reshape", [value, shape])
    }
}
