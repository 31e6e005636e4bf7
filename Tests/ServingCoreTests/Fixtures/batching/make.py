"""Models for the tests of batches. Made with onnx 1.23.2 and numpy 2.4.6; nothing in them is random.

table.onnx  Y = rows of [[0, 1], [2, 3], …, [18, 19]] by their numbers I, which fails for numbers that are out of range
mean.onnx   Y = the mean of all rows of X: one row, whatever the declared extent says
wide.onnx   Y = relu(X W) W', of 16, 256 and 8 columns; W and W' from numpy's generator with seed 7
"""

import numpy as np
import onnx
from onnx import TensorProto as T, helper, numpy_helper


def save(name, nodes, inputs, outputs, initializers=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="make.py")
    onnx.checker.check_model(model)
    onnx.save(model, f"{name}.onnx")


info = helper.make_tensor_value_info
table = numpy_helper.from_array(np.arange(20, dtype=np.float32).reshape(10, 2), "table")
save(
    "table",
    [helper.make_node("Gather", ["table", "I"], ["Y"])],
    [info("I", T.INT64, ["N"])],
    [info("Y", T.FLOAT, ["N", 2])],
    [table],
)
save(
    "mean",
    [helper.make_node("ReduceMean", ["X"], ["Y"], axes=[0], keepdims=1)],
    [info("X", T.FLOAT, ["N", 2])],
    [info("Y", T.FLOAT, ["M", 2])],
)
random = np.random.default_rng(7)
save(
    "wide",
    [
        helper.make_node("MatMul", ["X", "W"], ["A"]),
        helper.make_node("Relu", ["A"], ["B"]),
        helper.make_node("MatMul", ["B", "V"], ["Y"]),
    ],
    [info("X", T.FLOAT, ["N", 16])],
    [info("Y", T.FLOAT, ["N", 8])],
    [
        numpy_helper.from_array(random.standard_normal((16, 256)).astype(np.float32), "W"),
        numpy_helper.from_array(random.standard_normal((256, 8)).astype(np.float32), "V"),
    ],
)
