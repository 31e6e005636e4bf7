"""Makes the models of the serving benchmark: `model.py mlp.onnx` for a small one, `model.py wide.onnx 2048` for a slow one."""

import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

INPUTS, OUTPUTS = 16, 4


def perceptron(hidden):
    """Three layers with Relu between them; the hidden ones have `hidden` units."""
    generator = numpy.random.default_rng(7)
    extents = [INPUTS, hidden, hidden, OUTPUTS]
    nodes, weights, value = [], [], "x"
    for layer, (rows, columns) in enumerate(zip(extents, extents[1:])):
        matrix = generator.standard_normal((rows, columns), dtype=numpy.float32) / numpy.sqrt(rows, dtype=numpy.float32)
        weights += [
            numpy_helper.from_array(matrix, f"w{layer}"),
            numpy_helper.from_array(numpy.zeros(columns, numpy.float32), f"b{layer}"),
        ]
        last = layer == len(extents) - 2
        nodes.append(helper.make_node("Gemm", [value, f"w{layer}", f"b{layer}"], ["y" if last else f"s{layer}"]))
        if not last:
            nodes.append(helper.make_node("Relu", [f"s{layer}"], [f"h{layer}"]))
            value = f"h{layer}"
    graph = helper.make_graph(
        nodes,
        "perceptron",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", INPUTS])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", OUTPUTS])],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


if __name__ == "__main__":
    model = perceptron(int(sys.argv[2]) if len(sys.argv) > 2 else 64)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, sys.argv[1])
