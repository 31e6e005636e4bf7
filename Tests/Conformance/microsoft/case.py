"""A node with its inputs, and what onnxruntime makes of them."""

import zlib

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

# The IR version and the opset of ONNX that the models of the cases state.
IR_VERSION = 10
OPSET = 21


def random(name):
    """The numbers of a case: the same for the same name."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def run(model, inputs):
    """The outputs of onnxruntime's CPU provider without optimisations."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, inputs)


class Case:
    """A node of an operator, `com.microsoft` unless `domain` says otherwise.

    inputs       arrays; `None` for one that is left out, a `TensorProto` for one that the model holds itself
    outputs      how many, or a list of names with "" for those that are left out
    types        element types of outputs, as `onnx.TensorProto` has them, where onnxruntime does not infer them
    onnx_opset   the opset of ONNX that the model states
    oracle       nodes that compute the same, where the CPU provider has no kernel for the node: from inputs `x<i>` to
                 outputs `y<i>`
    """

    def __init__(
        self, what, operator, inputs, outputs=1, *, domain="com.microsoft", types=None, oracle=None,
        tolerance=None, onnx_opset=OPSET, **attributes,
    ):  # fmt: skip
        self.name = f"com_microsoft_{operator.lower()}_{what}"
        self.inputs = inputs
        self.outputs = [f"y{index}" for index in range(outputs)] if isinstance(outputs, int) else outputs
        self.tolerance = tolerance
        self.types = types or {}
        self.oracle = oracle
        self.onnx_opset = onnx_opset
        names = ["" if value is None else f"x{index}" for index, value in enumerate(inputs)]
        self.node = helper.make_node(operator, names, self.outputs, name="n", domain=domain, **attributes)

    def input_protos(self):
        return [
            numpy_helper.from_array(np.asarray(value), f"x{index}")
            for index, value in enumerate(self.inputs)
            if value is not None and not isinstance(value, onnx.TensorProto)
        ]

    def model(self, outputs=None, nodes=None):
        """The model of the node; its outputs have the types of `outputs` where those are given."""
        infos = [helper.make_tensor_value_info(value.name, value.data_type, value.dims) for value in self.input_protos()]
        held = []
        for index, value in enumerate(self.inputs):
            if isinstance(value, onnx.TensorProto):
                held.append(onnx.TensorProto())
                held[-1].CopyFrom(value)
                held[-1].name = f"x{index}"
        if outputs:
            results = [helper.make_tensor_value_info(value.name, value.data_type, value.dims) for value in outputs]
        else:
            results = [
                helper.make_tensor_value_info(name, self.types[name], None) if name in self.types
                else helper.make_empty_tensor_value_info(name)
                for name in self.outputs if name
            ]  # fmt: skip
        graph = helper.make_graph(nodes or [self.node], self.name, infos, results, held)
        opsets = [helper.make_opsetid("", self.onnx_opset), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="mlpack")

    def expected(self):
        inputs = {value.name: numpy_helper.to_array(value) for value in self.input_protos()}
        try:
            results = run(self.model(nodes=self.oracle), inputs)
        except Exception as error:
            raise SystemExit(f"error: {self.name}: {error}") from None
        protos = [numpy_helper.from_array(value, name) for value, name in zip(results, filter(None, self.outputs))]
        for value in results:
            assert value.dtype.kind != "f" or np.isfinite(value).all(), self.name
        return protos

