#!/usr/bin/env python3
"""Writes cases of `Gradient` (ai.onnx.preview.training), in the layout that `mlpack conformance` reads.

    write-gradient-cases.py FOLDER

The expected derivatives are central differences of what the reference evaluator of the `onnx` package computes.
"""

import pathlib
import shutil
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

SEED = 20261124
STEP = 1e-6


def tensor(name, values):
    return numpy_helper.from_array(np.asarray(values, np.int64), name)


def node(operator, inputs, output, **attributes):
    return helper.make_node(operator, inputs.split(), [output], **attributes)


# Title, nodes that lead to `y`, shapes of the variables, initializers, and the least element of a variable.
CASES = [
    *((name.lower(), [node(name, "a", "y")], {"a": (2, 3)}, [], 0.3)
      for name in ("Abs", "Cos", "Erf", "Exp", "Identity", "Log", "Neg", "Reciprocal", "Relu", "Sigmoid", "Sin",
                   "Softplus", "Sqrt", "Tanh", "Transpose")),
    *((f"{name.lower()}_broadcast", [node(name, "a b", "y")], {"a": (2, 1, 3), "b": (4, 1)}, [], 0.3)
      for name in ("Add", "Div", "Mul", "Pow", "Sub", "Sum")),
    ("relu_signs", [node("Relu", "a", "y")], {"a": (4, 5)}, [], -1),
    ("matmul", [node("MatMul", "a b", "m"), node("Tanh", "m", "y")], {"a": (3, 4), "b": (4, 2)}, [], -1),
    ("matmul_stacks", [node("MatMul", "a b", "m"), node("Mul", "m m", "y")], {"a": (2, 1, 3, 4), "b": (5, 4, 2)}, [], -1),
    *((f"gemm_{left}{right}", [node("Gemm", "a b c", "m", transA=left, transB=right, alpha=0.5, beta=2.0),
                               node("Mul", "m m", "y")],
       {"a": (4, 3) if left else (3, 4), "b": (2, 4) if right else (4, 2), "c": (2,)}, [], -1)
      for left in (0, 1) for right in (0, 1)),
    ("transpose_perm", [node("Transpose", "a", "t", perm=[2, 0, 1]), node("Mul", "t t", "y")], {"a": (2, 3, 4)}, [], -1),
    ("reshape", [node("Reshape", "a s", "r"), node("Mul", "r r", "y")], {"a": (2, 6)}, [tensor("s", [3, 4])], -1),
    ("flatten", [node("Flatten", "a", "r"), node("Mul", "r r", "y")], {"a": (2, 3, 2)}, [], -1),
    ("squeeze", [node("Squeeze", "a s", "r"), node("Mul", "r r", "y")], {"a": (2, 1, 3)}, [tensor("s", [1])], -1),
    ("unsqueeze", [node("Unsqueeze", "a s", "r"), node("Mul", "r r", "y")], {"a": (2, 3)}, [tensor("s", [0, 2])], -1),
    ("expand", [node("Expand", "a s", "r"), node("Mul", "r r", "y")], {"a": (2, 1)}, [tensor("s", [3, 2, 4])], -1),
    ("reduce_sum", [node("ReduceSum", "a s", "r", keepdims=0), node("Mul", "r r", "y")], {"a": (2, 3, 4)},
     [tensor("s", [1])], -1),
    ("reduce_sum_all", [node("ReduceSum", "a", "r"), node("Mul", "r r", "y")], {"a": (2, 3)}, [], -1),
    ("reduce_mean", [node("ReduceMean", "a", "r", axes=[0, 2], keepdims=0), node("Mul", "r r", "y")],
     {"a": (2, 3, 4)}, [], -1),
    ("where", [node("Greater", "a b", "c"), node("Where", "c a b", "w"), node("Mul", "w w", "y")],
     {"a": (2, 3), "b": (3,)}, [], -1),
    ("unused", [node("Mul", "a a", "y"), node("Neg", "b", "n")], {"a": (2, 3), "b": (3,)}, [], -1),
    ("perceptron", [node("Gemm", "x w b", "h"), node("Relu", "h", "r"), node("MatMul", "r v", "o"),
                    node("Sub", "o t", "d"), node("Mul", "d d", "e"), node("ReduceMean", "e", "y", keepdims=0)],
     {"x": (5, 4), "w": (4, 6), "b": (6,), "v": (6, 1), "t": (5, 1)}, [], -1),
]


# The reference evaluator computes `Erf` in single precision, in which differences are too coarse.
EXACT = {"erf": lambda a: 2 / np.sqrt(np.pi) * np.exp(-a * a)}


# Title, nodes, shape of `x`, and the second derivative of `y` by `x`, which is known.
SECOND = [
    ("square", [node("Mul", "x x", "y")], lambda x: np.full_like(x, 2)),
    ("cube", [node("Mul", "x x", "q"), node("Mul", "q x", "y")], lambda x: 6 * x),
    ("sin", [node("Sin", "x", "y")], lambda x: -np.sin(x)),
    ("exp", [node("Exp", "x", "y")], np.exp),
    ("log", [node("Log", "x", "y")], lambda x: -1 / x**2),
    ("mean_of_squares", [node("Mul", "x x", "q"), node("ReduceMean", "q", "y", keepdims=0)],
     lambda x: np.full_like(x, 2 / x.size)),
]


def write_second(target, title, nodes, expected):
    """A derivative of a derivative."""
    x = np.random.default_rng(SEED).uniform(0.3, 2, (2, 3))
    infos = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, shape) for name, shape in (("x", [2, 3]), ("h", None))]
    first, second = (
        helper.make_node("Gradient", ["x"], [output], xs=["x"], y=of, domain="ai.onnx.preview.training")
        for output, of in (("g", "y"), ("h", "g")))
    graph = helper.make_graph([*nodes, first, second], title, infos[:1], infos[1:])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.preview.training", 1)]
    folder = target / f"gradient_second_{title}" / "test_data_set_0"
    folder.mkdir(parents=True)
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    (folder.parent / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    (folder.parent / "tolerance.txt").write_text("rtol 1e-12\natol 1e-12\n")
    for kind, array in (("input", x), ("output", expected(x))):
        message = numpy_helper.from_array(array, kind)
        (folder / f"{kind}_0.pb").write_bytes(message.SerializeToString(deterministic=True))


def derivative(evaluator, values, variable):
    result = np.empty_like(values[variable])
    for index in np.ndindex(result.shape):
        sums = []
        for sign in (1, -1):
            moved = {name: value.copy() for name, value in values.items()}
            moved[variable][index] += sign * STEP
            sums.append(evaluator.run(["y"], moved)[0].sum())
        result[index] = (sums[0] - sums[1]) / (2 * STEP)
    return result


def write(target, title, nodes, shapes, initializers, least):
    random = np.random.default_rng(SEED)
    values = {name: random.uniform(least, 2, shape) for name, shape in shapes.items()}
    infos = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, shape) for name, shape in shapes.items()]
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.preview.training", 1)]

    def model(nodes, outputs):
        outputs = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, None) for name in outputs]
        graph = helper.make_graph(nodes, title, infos, outputs, initializers)
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    evaluator = ReferenceEvaluator(model(nodes, ["y"]))
    gradient = helper.make_node("Gradient", list(shapes), [f"d{name}" for name in shapes], xs=list(shapes), y="y",
                                domain="ai.onnx.preview.training")
    folder = target / f"gradient_{title}" / "test_data_set_0"
    folder.mkdir(parents=True)
    whole = model([*nodes, gradient], list(gradient.output))
    (folder.parent / "model.onnx").write_bytes(whole.SerializeToString(deterministic=True))
    exact = title in EXACT
    (folder.parent / "tolerance.txt").write_text("rtol 1e-12\n" if exact else "rtol 1e-5\natol 1e-6\n")
    for index, (name, value) in enumerate(values.items()):
        expected = EXACT[title](value) if title in EXACT else derivative(evaluator, values, name)
        for kind, array in (("input", value), ("output", expected)):
            message = numpy_helper.from_array(array, name)
            (folder / f"{kind}_{index}.pb").write_bytes(message.SerializeToString(deterministic=True))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    for case in CASES:
        write(target, *case)
    for case in SECOND:
        write_second(target, *case)
    print(f"gradient: {len(CASES) + len(SECOND)} cases")


if __name__ == "__main__":
    main()
