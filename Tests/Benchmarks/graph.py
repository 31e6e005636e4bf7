"""A graph that is written node by node, with weights from a seed."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


class Graph:
    def __init__(self, name, seed=20261124, opset=17):
        self.name = name
        self.random = np.random.default_rng(seed)
        self.opsets = [helper.make_opsetid("", opset)]
        self.nodes, self.initializers, self.inputs, self.outputs = [], [], [], []
        self.renamed = {}
        self.count = 0

    def _name(self, prefix):
        self.count += 1
        return f"{prefix}_{self.count}"

    def input(self, name, shape, element_type=FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, element_type, shape))
        return name

    def output(self, value, name, shape, element_type=FLOAT):
        self.renamed[value] = name
        self.outputs.append(helper.make_tensor_value_info(name, element_type, shape))

    def constant(self, array, name="constant"):
        """An initializer with these elements; Python's floats and integers become float32 and int64."""
        array = np.asarray(array)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        name = self._name(name)
        self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def weight(self, *shape, scale):
        """Normally distributed elements with this standard deviation."""
        return self.constant(self.random.standard_normal(shape, dtype=np.float32) * np.float32(scale), "weight")

    def uniform(self, *shape, low, high):
        return self.constant(self.random.uniform(low, high, shape).astype(np.float32), "weight")

    def node(self, operator, *inputs, outputs=1, domain="", **attributes):
        """Adds a node; the name of its output, or the names when there are several."""
        names = [self._name(operator) for _ in range(outputs)]
        node = helper.make_node(operator, inputs, names, self._name(f"/{operator}"), domain=domain, **attributes)
        self.nodes.append(node)
        return names[0] if len(names) == 1 else names

    # Layers that more than one family uses.

    def linear(self, x, width, outputs, gain=1.0):
        """PyTorch's export of `nn.Linear` on more than two dimensions."""
        product = self.node("MatMul", x, self.weight(width, outputs, scale=gain / width**0.5))
        return self.node("Add", self.weight(outputs, scale=0.02), product)

    def gemm(self, x, width, outputs, gain=1.0):
        """PyTorch's export of `nn.Linear` on two dimensions."""
        weight = self.weight(outputs, width, scale=gain / width**0.5)
        return self.node("Gemm", x, weight, self.weight(outputs, scale=0.02), transB=1)

    def conv(self, x, channels, outputs, kernel, stride=1, group=1, gain=2**0.5):
        """A convolution with bias and the padding that keeps the size, as exports fold batch normalisation into it."""
        fan_in = channels // group * kernel * kernel
        weight = self.weight(outputs, channels // group, kernel, kernel, scale=gain / fan_in**0.5)
        pad = kernel // 2
        return self.node(
            "Conv", x, weight, self.weight(outputs, scale=0.02),
            kernel_shape=[kernel, kernel], strides=[stride, stride], pads=[pad] * 4, group=group, dilations=[1, 1],
        )  # fmt: skip

    def layer_norm(self, x, width, epsilon=1e-5):
        gamma, beta = self.uniform(width, low=0.8, high=1.2), self.weight(width, scale=0.05)
        return self.node("LayerNormalization", x, gamma, beta, axis=-1, epsilon=epsilon)

    def layer_norm_spelled(self, x, width, epsilon=1e-12):
        """PyTorch's export before opset 17."""
        centred = self.node("Sub", x, self.node("ReduceMean", x, axes=[-1]))
        square = self.node("Pow", centred, self.constant(2.0))
        variance = self.node("ReduceMean", square, axes=[-1])
        deviation = self.node("Sqrt", self.node("Add", variance, self.constant(epsilon)))
        scaled = self.node("Mul", self.node("Div", centred, deviation), self.uniform(width, low=0.8, high=1.2))
        return self.node("Add", scaled, self.weight(width, scale=0.05))

    def gelu_erf(self, x):
        erf = self.node("Erf", self.node("Div", x, self.constant(2**0.5)))
        product = self.node("Mul", x, self.node("Add", erf, self.constant(1.0)))
        return self.node("Mul", product, self.constant(0.5))

    def gelu_tanh(self, x):
        cube = self.node("Mul", self.node("Pow", x, self.constant(3.0)), self.constant(0.044715))
        inner = self.node("Mul", self.node("Add", x, cube), self.constant((2 / np.pi) ** 0.5))
        factor = self.node("Add", self.node("Tanh", inner), self.constant(1.0))
        return self.node("Mul", self.node("Mul", x, self.constant(0.5)), factor)

    def extent(self, x, axis):
        """An extent of `x` as a vector of one element, by the nodes that PyTorch exports."""
        extent = self.node("Gather", self.node("Shape", x), self.constant(axis), axis=0)
        return self.node("Unsqueeze", extent, self.constant([0]))

    def reshape(self, x, *parts):
        """Reshapes to fixed extents and to values of one element, put together by `Concat`."""
        parts = [part if isinstance(part, str) else self.constant([part]) for part in parts]
        return self.node("Reshape", x, self.node("Concat", *parts, axis=0))

    def save(self, path):
        for node in self.nodes:
            for names in (node.input, node.output):
                names[:] = [self.renamed.get(name, name) for name in names]
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.initializers)
        model = helper.make_model(graph, opset_imports=self.opsets, ir_version=8, producer_name="Tests/Benchmarks")
        onnx.checker.check_model(model)
        onnx.save(model, path)
