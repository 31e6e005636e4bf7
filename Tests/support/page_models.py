"""Writes models that the page has to show: with names of columns, with many types, with an image, with markup for names.

    page_models.py FOLDER
"""
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1])
MARKUP = "<img src=x onerror=alert(1)>"


def write(path, nodes, inputs, outputs, weights=(), metadata=None):
    def values(entries):
        return [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in entries]

    initializers = [numpy_helper.from_array(array.astype(np.float32), name) for name, array in weights]
    graph = helper.make_graph(nodes, "page", values(inputs), values(outputs), initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata or {})
    file = FOLDER / f"{path}.onnx"
    file.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, file)


random = np.random.default_rng(1)
columns = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
for version in ["1", "2"]:
    write(
        f"iris/{version}/model",
        [
            helper.make_node("Gemm", ["X", "W", "B"], ["scores"]),
            helper.make_node("Softmax", ["scores"], ["probabilities"]),
            helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
        ],
        [("X", TensorProto.FLOAT, ["rows", 4])],
        [("label", TensorProto.INT64, ["rows"]), ("probabilities", TensorProto.FLOAT, ["rows", 3])],
        [("W", random.normal(size=(4, 3))), ("B", random.normal(size=3))],
        {"feature_names": json.dumps(columns)},
    )
write(
    "photo",
    [
        helper.make_node("Conv", ["image", "W"], ["c"], strides=[4, 4]),
        helper.make_node("GlobalAveragePool", ["c"], ["p"]),
        helper.make_node("Flatten", ["p"], ["scores"]),
    ],
    [("image", TensorProto.FLOAT, ["rows", 3, 224, 224])],
    [("scores", TensorProto.FLOAT, ["rows", 10])],
    [("W", random.normal(size=(10, 3, 3, 3)))],
)
kinds = {"age": TensorProto.FLOAT, "city": TensorProto.STRING, "member": TensorProto.BOOL, "visits": TensorProto.INT64}
write(
    "tariff",
    [helper.make_node("Identity", [name], [f"{name} again"]) for name in kinds],
    [(name, kind, ["rows", 1]) for name, kind in kinds.items()],
    [(f"{name} again", kind, ["rows", 1]) for name, kind in kinds.items()],
)
write(
    MARKUP,
    [helper.make_node("Add", ["<script>alert(2)</script>", "\"'><svg onload=alert(3)>"], ["</td><b>sum"])],
    [("<script>alert(2)</script>", TensorProto.FLOAT, [2]), ("\"'><svg onload=alert(3)>", TensorProto.FLOAT, [2])],
    [("</td><b>sum", TensorProto.FLOAT, [2])],
)
