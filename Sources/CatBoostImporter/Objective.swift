import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// What a model's raw scores mean.
///
/// *Source*: CatBoost 1.2, `predict` and `predict_proba` of its Python classes, and `EPredictionType`.
struct Objective {
    enum Kind {
        /// One raw score, whose logistic function is the probability of the second class.
        case binary
        /// The softmax of the raw scores is the probability of each class.
        case multiclass
        /// The logistic function of each raw score is what the class has; the greatest is predicted.
        case oneVersusAll
        /// The logistic function of each raw score is the probability of a label.
        case labels
        /// Raw scores are predictions.
        case regression
        case ranking
        /// The exponential of the raw score is the prediction.
        case exponential
        /// The mean, and the logarithm of the standard deviation.
        case uncertainty
        /// Raw scores of an objective that somebody wrote.
        case custom
    }

    let name: String
    let kind: Kind

    /// Whether samples have several targets in training, of which statistics are counted one by one.
    var hasSeveralTargets: Bool {
        if case .labels = kind { return true }
        return name.hasPrefix("MultiRMSE") || name == "SurvivalAft"
    }

    private static let kinds: [String: Kind] = [
        "Combination": .ranking,
        "Cox": .regression,
        "CrossEntropy": .binary,
        "Expectile": .regression,
        "Focal": .binary,
        "GroupQuantile": .regression,
        "Huber": .regression,
        "LambdaMart": .ranking,
        "LogCosh": .regression,
        "LogLinQuantile": .regression,
        "Logloss": .binary,
        "Lq": .regression,
        "MAE": .regression,
        "MAPE": .regression,
        "MultiClass": .multiclass,
        "MultiClassOneVsAll": .oneVersusAll,
        "MultiCrossEntropy": .labels,
        "MultiLogloss": .labels,
        "MultiQuantile": .regression,
        "MultiRMSE": .regression,
        "MultiRMSEWithMissingValues": .regression,
        "PairLogit": .ranking,
        "PairLogitPairwise": .ranking,
        "Poisson": .exponential,
        "Quantile": .regression,
        "QueryCrossEntropy": .ranking,
        "QueryRMSE": .ranking,
        "QuerySoftMax": .ranking,
        "RMSE": .regression,
        "RMSEWithUncertainty": .uncertainty,
        "RMSPE": .regression,
        "StochasticRank": .ranking,
        "SurvivalAft": .regression,
        "Tweedie": .exponential,
        "YetiRank": .ranking,
        "YetiRankPairwise": .ranking,
    ]

    /// The loss functions that mlpack reads, in alphabetical order.
    static var listedNames: [String] { kinds.keys.sorted() }

    init(named name: String) throws(ModelImportError) {
        let kind = name.hasPrefix("PythonUserDefined") ? Kind.custom : Self.kinds[name]
        guard let kind else {
            throw ModelImportError(
                .unsupported,
                "loss function `\(name.prefix(40))` is not supported",
                hint: "docs/estimators.md has the list of loss functions"
            )
        }
        self.name = name
        self.kind = kind
    }

    /// Adds the nodes that make predictions of raw scores.
    ///
    /// *Shapes*: `[batch, dimension]`, like the scores.
    /// *Types*: double, like the scores.
    func predictions(of scores: String, _ builder: inout GraphBuilder) throws(ModelImportError) -> String {
        switch kind {
        case .binary, .oneVersusAll, .labels: return builder.node("Sigmoid", [scores])
        case .multiclass: return builder.node("Softmax", [scores], [Attribute("axis", .int(1))])
        case .regression, .ranking, .custom: return scores
        case .exponential: return builder.node("Exp", [scores])
        case .uncertainty:
            let first = try builder.constant([0 as Int64], name: "mean_index")
            let second = try builder.constant([1 as Int64], name: "deviation_index")
            let mean = builder.node("Gather", [scores, first], [Attribute("axis", .int(1))])
            let logarithm = builder.node("Gather", [scores, second], [Attribute("axis", .int(1))])
            let two = try builder.scalar(2, of: .double, name: "two")
            let variance = builder.node("Exp", [builder.node("Mul", [logarithm, two])])
            return builder.node("Concat", [mean, variance], [Attribute("axis", .int(1))])
        }
    }
}
