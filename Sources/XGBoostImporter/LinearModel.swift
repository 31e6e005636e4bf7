import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// The weights of a booster `gblinear`.
///
/// *Source*: XGBoost's `src/gbm/gblinear.cc`: the weights of a feature stand together, the biases behind them; a missing
/// value adds nothing.
struct LinearModel {
    /// `[features + 1, groups]` in row-major order.
    let weights: [Double]
    let featureCount: Int
    let groupCount: Int

    init(_ booster: DocumentValue, featureCount: Int, groupCount: Int) throws(ModelImportError) {
        guard let weights = booster["model"]?["weights"]?.numbers else {
            throw ModelImportError(.malformed, "`weights` is not an array of numbers")
        }
        guard weights.count == (featureCount + 1) * groupCount, weights.allSatisfy(\.isFinite) else {
            throw ModelImportError(
                .malformed,
                "`weights` has \(weights.count) elements, expected \((featureCount + 1) * groupCount) that are finite"
            )
        }
        self.weights = weights.map { Double(Float($0)) }
        self.featureCount = featureCount
        self.groupCount = groupCount
    }

    /// The margin of each group.
    ///
    /// *Shapes*: `[batch, features]` to `[batch, groups]`.
    /// *Source*: XGBoost 3.2 starts every group from the base of the first.
    func margins(
        of features: String,
        base: Float,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        let zero = try builder.scalar(0, of: .float, name: "absent")
        let present = builder.node("Where", [builder.node("IsNaN", [features]), zero, features])
        let split = featureCount * groupCount
        let weights = try builder.constant(
            Array(weights[..<split]),
            shape: [featureCount, groupCount],
            name: "weights"
        )
        let biases = self.weights[split...].map { $0 + Double(base) }
        let products = builder.node("MatMul", [builder.cast(present, to: .double), weights])
        let sums = builder.node("Add", [products, try builder.constant(biases, name: "biases")])
        return builder.cast(sums, to: .float)
    }
}
