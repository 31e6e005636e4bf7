import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// What a booster's raw scores mean.
///
/// *Source*: LightGBM 2.1 to 4.7, `src/objective`: `ToString` and `ConvertOutput` of each objective.
struct Objective {
    /// How raw scores become predictions.
    enum Link {
        case identity
        /// The square of the score with the sign of the score.
        case signedSquare
        case exponential
        /// The logistic function of the score times a factor.
        case logistic(factor: Double)
        /// `log(1 + exp(score))`.
        case softplus
        case softmax
    }

    /// What is predicted where the booster stands alone.
    enum Kind {
        case regression
        case ranking
        /// One score, whose link gives the probability of the second class.
        case binary
        /// A score for each class.
        case multiclass
        /// No objective was saved, so that scores are predictions.
        case custom
    }

    let name: String
    let kind: Kind
    let link: Link

    private static let kinds: [String: Kind] = [
        "binary": .binary,
        "cross_entropy": .regression,
        "cross_entropy_lambda": .regression,
        "fair": .regression,
        "gamma": .regression,
        "huber": .regression,
        "lambdarank": .ranking,
        "mape": .regression,
        "multiclass": .multiclass,
        "multiclassova": .multiclass,
        "poisson": .regression,
        "quantile": .regression,
        "rank_xendcg": .ranking,
        "regression": .regression,
        "regression_l1": .regression,
        "tweedie": .regression,
    ]

    /// What versions before 2.3 called some of them.
    private static let formerNames = ["xentlambda": "cross_entropy_lambda", "xentropy": "cross_entropy"]

    /// The objectives that mlpack reads, in alphabetical order.
    static var listedNames: [String] { kinds.keys.sorted() }

    /// Reads a name with its parameters behind it: `binary sigmoid:1`.
    init(_ text: String?) throws(ModelImportError) {
        guard let text, !text.isEmpty else {
            (name, kind, link) = ("custom", .custom, .identity)
            return
        }
        var parts = text.split(separator: " ")
        let given = String(parts.removeFirst())
        let name = Self.formerNames[given] ?? given
        guard let kind = Self.kinds[name] else {
            throw ModelImportError(
                .unsupported,
                "objective `\(name.prefix(40))` is not supported",
                hint: "docs/estimators.md has the list of objectives"
            )
        }
        self.name = name
        self.kind = kind
        switch name {
        case "binary", "multiclassova": link = .logistic(factor: try Self.number("sigmoid", in: parts) ?? 1)
        case "cross_entropy": link = .logistic(factor: 1)
        case "cross_entropy_lambda": link = .softplus
        case "gamma", "poisson", "tweedie": link = .exponential
        case "multiclass": link = .softmax
        default: link = parts.contains("sqrt") ? .signedSquare : .identity
        }
    }

    private static func number(_ key: String, in parts: [Substring]) throws(ModelImportError) -> Double? {
        guard let part = parts.first(where: { $0.hasPrefix("\(key):") }) else { return nil }
        guard let number = Double(part.dropFirst(key.count + 1)), number.isFinite else {
            throw ModelImportError(.malformed, "`objective` has `\(part.prefix(40))`, expected a number")
        }
        return number
    }

    /// Adds the nodes that make predictions of scores.
    ///
    /// *Shapes*: `[batch, groups]`, like the scores.
    /// *Types*: double, like the scores.
    func predictions(of scores: String, _ builder: inout GraphBuilder) throws(ModelImportError) -> String {
        switch link {
        case .identity: return scores
        case .signedSquare: return builder.node("Mul", [scores, builder.node("Abs", [scores])])
        case .exponential: return builder.node("Exp", [scores])
        case .logistic(let factor):
            // NUMERICS: spelled out, as `Sigmoid` of runtimes may be a bit off, and then equal scores are no ties.
            let one = try builder.scalar(1, of: .double, name: "one")
            let exponent = builder.node("Mul", [scores, try builder.scalar(-factor, of: .double, name: "sigmoid")])
            return builder.node("Div", [one, builder.node("Add", [one, builder.node("Exp", [exponent])])])
        case .softplus:
            let one = try builder.scalar(1, of: .double, name: "one")
            return builder.node("Log", [builder.node("Add", [builder.node("Exp", [scores]), one])])
        case .softmax: return builder.node("Softmax", [scores], [Attribute("axis", .int(1))])
        }
    }
}
