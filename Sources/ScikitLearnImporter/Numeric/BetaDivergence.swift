import Diagnostics
import ModelFormats
import ModelImport

/// The losses that non-negative factorizations make small by multiplicative updates.
///
/// *Source*: scikit-learn 0.24 to 1.9, `beta_loss`; `_beta_divergence`, `_multiplicative_update_w`.
struct BetaDivergence {
    let beta: Double

    /// Below it, numbers are raised to it before they divide.
    private static let least = Double(Float.ulpOfOne)

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let names = ["frobenius": 2.0, "kullback-leibler": 1, "itakura-saito": 0]
        guard let loss = object.value["beta_loss"],
            let beta = loss.string.flatMap({ names[$0] }) ?? loss.double ?? loss.int.map(Double.init)
        else { throw ModelImportError(.unsupported, "such a `beta_loss` is not supported") }
        self.beta = beta
    }

    /// The exponent that keeps updates from growing.
    private var exponent: Double { beta < 1 ? 1 / (2 - beta) : beta > 2 ? 1 / (beta - 1) : 1 }

    /// The shares of components after an update.
    ///
    /// *Parameter* turn: the number of updates before this one, where sums of components are kept between updates.
    /// *Shapes*: `[batch, components]`.
    func updated(
        _ shares: Matrix,
        _ x: Matrix,
        _ components: NMF.Components,
        turn: Matrix? = nil
    ) throws(ModelImportError) -> Matrix {
        let elements = components.elements
        var numerator: Matrix
        var denominator: Matrix
        if beta == 2 {
            numerator = try x.product(transposed: elements, "components")
            let gram = try components.gram(penalty: 0)
            denominator = try shares.product(gram, columns: components.count, "gram")
        } else {
            let product = try shares.product(elements, columns: components.featureCount, "components")
            let safe = try beta < 2 ? product.atLeast(Self.least) : product
            numerator = try (x * safe.power(beta - 2)).product(transposed: elements, "components")
            if beta == 1 {
                denominator = try shares.row(components.sums, "sums")
            } else {
                let base = try beta < 1 ? product.atLeast(Self.least) : product
                denominator = try base.power(beta - 1).product(transposed: elements, "components")
            }
        }
        if beta == 1, let turn {
            // NUMERICS: scikit-learn adds the penalty to the sums in their place, once more in each turn.
            denominator = try denominator + (turn.cast(to: .double) + 1) * components.absolutePenalty
        } else {
            denominator = try denominator + components.absolutePenalty
        }
        denominator = try denominator + shares * components.squarePenalty
        let factors = try numerator / denominator.equal(to: 0).choose(Self.least, denominator)
        return try shares * (exponent == 1 ? factors : factors.power(exponent))
    }

    /// The root of twice the loss over the batch, without axes.
    func loss(_ x: Matrix, _ shares: Matrix, _ components: NMF.Components) throws(ModelImportError) -> Matrix {
        let product = try shares.product(components.elements, columns: components.featureCount, "components")
        guard beta != 2 else { return (x - product).squared().total().squareRoot() }
        let counts = try x.greater(than: Self.least)
        let safe = try product.atLeast(Self.least)
        func total(_ values: Matrix) throws(ModelImportError) -> Matrix { try counts.choose(values, 0).total() }
        let quotient = try counts.choose(x, 1) / safe
        let result: Matrix
        switch beta {
        case 1: result = try total(x * quotient.log()) + product.total() - total(x)
        case 0:
            let size = (try x * 0 + 1).total()
            result = try total(quotient) - size - total(quotient.log())
        default:
            let own = try total(x.power(beta)) - total(x * safe.power(beta - 1)) * beta
            result = try (own + product.power(beta).total() * (beta - 1)) / (beta * (beta - 1))
        }
        return try (result.atLeast(0) * 2).squareRoot()
    }
}

extension NMF.Components {
    /// The sum of each component.
    fileprivate var sums: [Double] {
        (0..<count).map { elements[$0 * featureCount..<($0 + 1) * featureCount].reduce(0, +) }
    }
}
