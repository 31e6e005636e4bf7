import Diagnostics
import Glibc
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// What a booster's margins mean.
///
/// *Source*: XGBoost 1.0 to 3.2, `src/objective`: `PredTransform` and `ProbToMargin` of each objective.
enum Objective {
    /// The logistic function of the margin is the probability of the second class.
    case binaryLogistic
    /// The second class where the margin is above zero.
    case hinge
    /// The class of the greatest margin; the softmax of the margins is the probability of each class.
    case softmax
    /// The softmax of the margins is the probability of each class.
    case softprob
    /// The logistic function of the margin is the prediction.
    case logistic
    /// The margin is the prediction.
    case identity
    /// The exponential of the margin is the prediction.
    case exponential

    private static let names: [String: Objective] = [
        "binary:hinge": .hinge,
        "binary:logistic": .binaryLogistic,
        "binary:logitraw": .identity,
        "count:poisson": .exponential,
        "multi:softmax": .softmax,
        "multi:softprob": .softprob,
        "rank:map": .identity,
        "rank:ndcg": .identity,
        "rank:pairwise": .identity,
        "reg:absoluteerror": .identity,
        "reg:gamma": .exponential,
        "reg:linear": .identity,
        "reg:logistic": .logistic,
        "reg:pseudohubererror": .identity,
        "reg:quantileerror": .identity,
        "reg:squarederror": .identity,
        "reg:squaredlogerror": .identity,
        "reg:tweedie": .exponential,
        "survival:aft": .exponential,
        "survival:cox": .exponential,
    ]

    /// The objectives that mlpack reads, in alphabetical order.
    static var listedNames: [String] { names.keys.sorted() }

    init(named name: String) throws(ModelImportError) {
        guard let objective = Self.names[name] else {
            throw ModelImportError(
                .unsupported,
                "objective `\(name.prefix(40))` is not supported",
                hint: "docs/estimators.md has the list of objectives"
            )
        }
        self = objective
    }

    /// Whether a booster by itself predicts classes.
    var isClassifier: Bool {
        switch self {
        case .binaryLogistic, .hinge, .softmax, .softprob: true
        case .logistic, .identity, .exponential: false
        }
    }

    /// Whether there is a margin for each class of one target.
    var isMulticlass: Bool { self == .softmax || self == .softprob }

    /// How near to 0 and 1 a probability may be that has a margin.
    private static let nearness: Float = 1e-6

    /// The margins that base scores, given as predictions, stand for; that of 0 as an exponential is negative infinity.
    ///
    /// *Parameter*: `bounds` says that probabilities of 0 and 1 have margins too, which they do in XGBoost since 3.2.
    /// *Numerics*: in single precision, as XGBoost does.
    func margins(of scores: [Float], bounds: Bool) throws(ModelImportError) -> [Float] {
        var margins: [Float] = []
        for score in scores {
            let margin: Float
            switch self {
            case .binaryLogistic, .logistic:
                let isBounded = bounds && (0...1).contains(score)
                let probability = isBounded ? min(max(score, Self.nearness), 1 - Self.nearness) : score
                margin = -logf(1 / probability - 1)
            case .exponential: margin = logf(score)
            case .softmax, .softprob, .identity, .hinge: margin = score
            }
            guard margin.isFinite || (self == .exponential && score == 0) else {
                throw ModelImportError(.malformed, "`base_score` is \(score), which the objective has no margin for")
            }
            margins.append(margin)
        }
        return margins
    }

    /// Adds the nodes that make predictions of margins.
    ///
    /// *Shapes*: `[batch, groups]`, like the margins.
    func predictions(of margins: String, _ builder: inout GraphBuilder) throws(ModelImportError) -> String {
        switch self {
        case .binaryLogistic, .logistic: return builder.node("Sigmoid", [margins])
        case .exponential: return builder.node("Exp", [margins])
        case .hinge:
            let zero = try builder.scalar(0, of: .float, name: "zero")
            return builder.cast(builder.node("Greater", [margins, zero]), to: .float)
        case .softmax, .softprob: return builder.node("Softmax", [margins], [Attribute("axis", .int(1))])
        case .identity: return margins
        }
    }
}
