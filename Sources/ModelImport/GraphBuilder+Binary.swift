import Diagnostics
package import OnnxBuilder
import OnnxIR
package import Tensors

extension GraphBuilder {
    /// Adds the nodes that make a prediction of the probability of the second of two classes, which is predicted where
    /// its probability is above a threshold.
    ///
    /// *Shapes*: `second` is `[batch, 1]`.
    package mutating func binaryPrediction(
        second: String,
        type: ElementType,
        threshold: Double = 0.5
    ) throws(ModelImportError) -> TabularPrediction {
        let first = node("Sub", [try scalar(1, of: type, name: "one"), second])
        let both = node("Concat", [first, second], [Attribute("axis", .int(1))])
        let isSecond = node("Greater", [second, try scalar(threshold, of: type, name: "threshold")])
        let shape = try constant([-1 as Int64], name: "shape")
        let indices = node("Reshape", [cast(isSecond, to: .int64), shape])
        return TabularPrediction(indices: indices, probabilities: both, elementType: type)
    }

    /// Adds the nodes that say which labels apply: those whose probability is above 0.5.
    ///
    /// *Shapes*: `probabilities` are `[batch, labels]`.
    package mutating func labelsPrediction(
        probabilities: String,
        type: ElementType
    ) throws(ModelImportError) -> TabularPrediction {
        let applies = node("Greater", [probabilities, try scalar(0.5, of: type, name: "half")])
        return TabularPrediction(
            indices: cast(applies, to: .int64),
            probabilities: probabilities,
            elementType: type
        )
    }
}
