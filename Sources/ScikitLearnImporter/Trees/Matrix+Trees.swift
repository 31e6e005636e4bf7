import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

extension Matrix {
    /// The sums of the leaves of trees that each row reaches.
    ///
    /// *Shapes*: `[batch, features]` to `[batch, targets]`.
    /// *Types*: float to double with ai.onnx.ml 5, whose trees add doubles as scikit-learn's do, and to float before.
    func sums(of ensemble: TreeEnsemble, targetCount: Int) throws(ModelImportError) -> Matrix {
        let type: MatrixType = graph.builder.opsets.hasTreeEnsemble ? .double : .float
        let input = cast(to: type)
        let value = try importing { () throws(TensorError) in
            try ensemble.sums(
                of: input.value,
                type: type.elementType,
                targetCount: targetCount,
                &graph.builder
            )
        }
        return Matrix(graph: graph, value: value, elementType: type, columnCount: targetCount)
    }
}
