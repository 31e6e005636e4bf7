"""Writes a model whose weight lies in weights.bin (python3 make.py; onnx 1.23.2)."""

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

assert onnx.__version__ == "1.23.2"
outside = numpy_helper.from_array(numpy.arange(6, dtype=numpy.float32).reshape(2, 3), "W")
inside = numpy_helper.from_array(numpy.ones(3, numpy.float32), "b")
graph = helper.make_graph(
    [helper.make_node("Gemm", ["X", "W", "b"], ["Y"])],
    "g",
    [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["batch", 2])],
    [helper.make_tensor_value_info("Y", TensorProto.FLOAT, ["batch", 3])],
    initializer=[outside, inside],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.save(model, "model.onnx", save_as_external_data=True, location="weights.bin", size_threshold=50)
