"""Writes the models that the tests of the dialects ask, beside this file. onnx 1.23.2."""

import json
import pathlib

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).resolve().parent


def tensor(name, kind, extents):
    return helper.make_tensor_value_info(name, kind, extents)


def save(name, nodes, inputs, outputs, constants=(), **metadata):
    initializers = [numpy_helper.from_array(value, key) for key, value in dict(constants).items()]
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


# One input whose columns have names, and two outputs, as a classifier has.
save(
    "columns",
    [
        helper.make_node("MatMul", ["X", "W"], ["probabilities"]),
        helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
    ],
    [tensor("X", TensorProto.FLOAT, [None, 3])],
    [tensor("label", TensorProto.INT64, [None]), tensor("probabilities", TensorProto.FLOAT, [None, 2])],
    {"W": numpy.array([[1, 0], [0, 1], [0, 10]], numpy.float32)},
    feature_names=json.dumps(["length", "width", "height"]),
)
# An input for each column, of several types.
save(
    "table",
    [
        helper.make_node("Cast", ["count"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["price", "floats"], ["total"]),
        helper.make_node("Identity", ["city"], ["place"]),
    ],
    [
        tensor("price", TensorProto.FLOAT, [None, 1]),
        tensor("city", TensorProto.STRING, [None, 1]),
        tensor("count", TensorProto.INT64, [None, 1]),
    ],
    [tensor("total", TensorProto.FLOAT, [None, 1]), tensor("place", TensorProto.STRING, [None, 1])],
)
# One output and one input, both of two axes and more.
save(
    "image",
    [helper.make_node("ReduceMean", ["pixels"], ["mean"], axes=[1, 2], keepdims=0)],
    [tensor("pixels", TensorProto.FLOAT, [None, 2, 2, 1])],
    [tensor("mean", TensorProto.FLOAT, [None, 1])],
)
