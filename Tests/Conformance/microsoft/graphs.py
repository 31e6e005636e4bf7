"""Small convolutional networks as onnxruntime's optimiser and quantisation tools leave them."""

import logging
import pathlib
import tempfile
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import GraphOptimizationLevel as Level
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from .case import random, run

SHAPE = (2, 3, 16, 16)


class Network:
    """A graph that grows node by node, with seeded weights, from an input `x` of the shape of an image."""

    def __init__(self, name):
        self.name = name
        self.random = random(name)
        self.nodes = []
        self.initializers = []

    def constant(self, array):
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def weights(self, *shape):
        deviation = 1 / np.sqrt(np.prod(shape[1:])) if len(shape) > 1 else 0.1
        return self.constant((self.random.standard_normal(shape) * deviation).astype(np.float32))

    def positive(self, size):
        return self.constant(self.random.uniform(0.5, 1.5, size).astype(np.float32))

    def node(self, operator, *inputs, **attributes):
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=f"n{len(self.nodes)}", **attributes))
        return name

    def convolution(self, x, filters, channels, size=1, normalized=True, **attributes):
        x = self.node("Conv", x, self.weights(filters, channels, size, size), **attributes)
        if not normalized:
            return x
        parameters = [self.positive(filters), self.weights(filters), self.weights(filters), self.positive(filters)]
        return self.node("BatchNormalization", x, *parameters)

    def model(self, output):
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, [SHAPE[0], None])],
            self.initializers,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def residual():
    """A stem, a residual block, and a classifier."""
    n = Network("residual")
    x = n.node("Relu", n.convolution("x", 8, 3, 3, pads=[1] * 4, strides=[2, 2]))
    x = n.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    y = n.node("Relu", n.convolution(x, 8, 8, 3, pads=[1] * 4))
    x = n.node("Relu", n.node("Add", x, n.convolution(y, 8, 8, 3, pads=[1] * 4)))
    x = n.node("Flatten", n.node("GlobalAveragePool", x))
    return n.model(n.node("Gemm", x, n.weights(5, 8), n.weights(5), transB=1))


def mobile():
    """An inverted residual block with squeeze and excitation."""
    n = Network("mobile")
    zero, six = n.constant(np.float32(0)), n.constant(np.float32(6))
    x = n.node("HardSwish", n.convolution("x", 8, 3, 3, pads=[1] * 4, strides=[2, 2]))
    y = n.node("Clip", n.convolution(x, 16, 8), zero, six)
    y = n.node("Clip", n.convolution(y, 16, 1, 3, pads=[1] * 4, group=16), zero, six)
    gate = n.node("Relu", n.convolution(n.node("GlobalAveragePool", y), 4, 16, normalized=False))
    gate = n.node("HardSigmoid", n.convolution(gate, 16, 4, normalized=False), alpha=1 / 6, beta=0.5)
    x = n.node("Add", x, n.convolution(n.node("Mul", y, gate), 8, 16))
    x = n.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = n.node("Sigmoid", n.convolution(x, 6, 8, normalized=False))
    x = n.node("Reshape", x, n.constant(np.array([SHAPE[0], -1], np.int64)))
    return n.model(n.node("Softmax", n.node("MatMul", x, n.weights(96, 4)), axis=-1))


def branches():
    """Branches that meet again, and a classifier."""
    n = Network("branches")
    x = n.node("LeakyRelu", n.convolution("x", 6, 3, 3, normalized=False), alpha=0.1)
    first = n.node("Relu", n.convolution(x, 4, 6))
    second = n.node("LeakyRelu", n.convolution(x, 4, 6, 3, pads=[1] * 4), alpha=0.2)
    third = n.node("AveragePool", x, kernel_shape=[3, 3], pads=[1] * 4, count_include_pad=1)
    x = n.node("Concat", first, second, n.convolution(third, 2, 6), axis=1)
    x = n.node("MaxPool", n.convolution(x, 8, 10, 3, dilations=[2, 2], pads=[2] * 4), kernel_shape=[2, 2])
    x = n.node("ReduceMean", n.node("Mul", x, n.node("Sigmoid", x)), axes=[2, 3], keepdims=0)
    return n.model(n.node("Softmax", n.node("Gemm", x, n.weights(8, 7), n.weights(7)), axis=-1))


class Images(CalibrationDataReader):
    """The images that scales are found with."""

    def __init__(self, count=8):
        self.left = iter([{"x": random(f"image {index}").standard_normal(SHAPE).astype(np.float32)} for index in range(count)])

    def get_next(self):
        return next(self.left, None)


def optimised(level):
    def apply(source, target):
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = level
        options.optimized_model_filepath = str(target)
        onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])

    return apply


def quantised(quant_format, activation_type, weight_type, per_channel):
    def apply(source, target):
        # Weights of 7 bits: with 8 of them onnxruntime's sums overflow on processors without VNNI.
        quantize_static(
            str(source), str(target), Images(), quant_format=quant_format, per_channel=per_channel, reduce_range=True,
            activation_type=activation_type, weight_type=weight_type,
        )  # fmt: skip

    return apply


def quantised_in_runs(source, target):
    quantize_dynamic(str(source), str(target), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def prepared(source, target):
    quant_pre_process(str(source), str(target), skip_symbolic_shape=True)


class GraphCase:
    """A network after some steps, each of which turns one file into another."""

    def __init__(self, what, network, *steps, tolerance=(1e-5, 1e-6)):
        self.name = f"com_microsoft_graph_{what}"
        self.tolerance = tolerance
        self.image = random(self.name).standard_normal(SHAPE).astype(np.float32)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "0.onnx"
            onnx.save(network(), path)
            for index, step in enumerate(steps):
                source, path = path, path.with_name(f"{index + 1}.onnx")
                step(source, path)
            self.graph = onnx.load(path)

    def input_protos(self):
        return [numpy_helper.from_array(self.image, "x")]

    def model(self, outputs):
        return self.graph

    def expected(self):
        results = run(self.graph, {"x": self.image})
        return [numpy_helper.from_array(value, info.name) for value, info in zip(results, self.graph.graph.output)]


def cases():
    # The tools advise, and warn of what is asked of them here.
    logging.disable(logging.WARNING)
    extended, everything = optimised(Level.ORT_ENABLE_EXTENDED), optimised(Level.ORT_ENABLE_ALL)
    unsigned, signed = QuantType.QUInt8, QuantType.QInt8
    by_channel = quantised(QuantFormat.QOperator, unsigned, signed, per_channel=True)
    by_tensor = quantised(QuantFormat.QOperator, unsigned, unsigned, per_channel=False)
    all_signed = quantised(QuantFormat.QDQ, signed, signed, per_channel=True)
    mixed = quantised(QuantFormat.QDQ, unsigned, signed, per_channel=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [
            GraphCase("residual_fused", residual, extended),
            GraphCase("residual_qoperator", residual, prepared, by_channel),
            GraphCase("residual_channels_last", residual, prepared, mixed, everything),
            GraphCase("mobile_qoperator", mobile, prepared, by_tensor),
            GraphCase("mobile_qdq", mobile, prepared, all_signed, extended),
            GraphCase("branches_qdq", branches, prepared, all_signed, extended),
            GraphCase("branches_channels_last", branches, prepared, mixed, everything),
            GraphCase("mobile_dynamic", mobile, prepared, quantised_in_runs, extended),
        ]
