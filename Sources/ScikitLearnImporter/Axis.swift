import ModelImport
import OnnxBuilder
import Tensors

/// A vector that holds one axis, as operators take axes since opset 13.
func axis(_ axis: Int64, _ builder: inout GraphBuilder) throws(ModelImportError) -> String {
    builder.constant(try importing { () throws(TensorError) in try Tensor([axis]) }, name: "axis")
}
