"""The `light` models of the onnx package: their graphs, with seeded weights where the files fill in a constant."""

import pathlib

import numpy as np
import onnx
from onnx import numpy_helper

FOLDER = pathlib.Path(onnx.__file__).parent / "backend/test/data/light"
NAMES = sorted(path.stem.removeprefix("light_") for path in FOLDER.glob("*.onnx"))
SEED = 20261124


def build(name, path):
    model = onnx.load(FOLDER / f"light_{name}.onnx")
    # Before version 4, weights had to be inputs too.
    model.ir_version = 8
    graph = model.graph
    random = np.random.default_rng(SEED)
    shapes = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    filled = {node.output[0]: tuple(shapes[node.input[0]]) for node in graph.node if node.op_type == "ConstantOfShape"}
    roles = _roles(graph, filled)
    weights = [numpy_helper.from_array(_elements(random, shape, *roles[name]), name) for name, shape in filled.items()]
    kept = [node for node in graph.node if node.op_type != "ConstantOfShape"]
    read = {name for node in kept for name in node.input}
    constants = [tensor for tensor in graph.initializer if tensor.name in read]
    inputs = [info for info in graph.input if info.name not in shapes]
    for field, values in (("node", kept), ("initializer", constants + weights), ("input", inputs)):
        graph.ClearField(field)
        getattr(graph, field).extend(values)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def input_shape(name):
    """The name and the shape of the image that the model takes."""
    graph = onnx.load(FOLDER / f"light_{name}.onnx").graph
    constants = {tensor.name for tensor in graph.initializer}
    (info,) = [info for info in graph.input if info.name not in constants]
    return info.name, [dimension.dim_value for dimension in info.type.tensor_type.shape.dim]


def _roles(graph, filled):
    """What each weight is for: the operator that reads it, seen through `Unsqueeze`, the number of its input, and the
    operator that reads the result."""
    roles, behind = {}, {name: name for name in filled}
    readers = {name: node.op_type for node in graph.node for name in node.input}
    for node in graph.node:
        for index, name in enumerate(node.input):
            if name in behind and node.op_type == "Unsqueeze":
                behind[node.output[0]] = behind[name]
            elif name in behind:
                roles.setdefault(behind[name], (node.op_type, index, readers.get(node.output[0])))
    return roles


def _elements(random, shape, operator, index, reader):
    if operator in ("Conv", "Gemm") and index == 1:
        fan_in = np.prod(shape[1:])
        # Small before the last Softmax, whose outputs would be 0 and 1 otherwise.
        gain = 0.1 if reader == "Softmax" else 2
        elements = random.standard_normal(shape, dtype=np.float32) * np.sqrt(gain / fan_in)
    elif (operator, index, reader) == ("BatchNormalization", 1, "Sum"):
        # A branch of a residual block; with more, the sums would grow from block to block.
        elements = random.uniform(0.2, 0.4, shape)
    elif (operator, index) in (("BatchNormalization", 1), ("BatchNormalization", 4)) or operator == "Mul":
        elements = random.uniform(0.8, 1.2, shape)
    else:
        elements = random.standard_normal(shape, dtype=np.float32) * 0.05
    return elements.astype(np.float32)
