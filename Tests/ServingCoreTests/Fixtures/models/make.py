"""Models for the tests of the server. Made with onnx 1.23.2 and numpy 2.4.6; nothing in them is random.

linear.onnx   Y = X W + b, and S = X; W = [[0, 0.1, 0.2], [0.3, …]], b = [1, 2, 3]
echo_T.onnx   one for each datatype T of the protocol: `out` is `in`
../unserved/map.onnx  an output that is a sequence of maps, which the protocol cannot carry
../unserved/image.onnx  `image` is the picture whose encoded bytes are `data`, which the static server does not decode
"""

import numpy as np
import onnx
from onnx import TensorProto as T, helper, numpy_helper

OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]


def save(name, nodes, inputs, outputs, initializers=(), opsets=OPSETS):
    graph = helper.make_graph(nodes, name.split("/")[-1], inputs, outputs, list(initializers))
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="make.py")
    onnx.checker.check_model(model)
    onnx.save(model, f"{name}.onnx")


info = helper.make_tensor_value_info
weights = numpy_helper.from_array((np.arange(12) / 10).astype(np.float32).reshape(4, 3), "W")
bias = numpy_helper.from_array(np.array([1, 2, 3], np.float32), "b")
save(
    "linear",
    [
        helper.make_node("MatMul", ["X", "W"], ["XW"]),
        helper.make_node("Add", ["XW", "b"], ["Y"]),
        helper.make_node("Identity", ["X"], ["S"]),
    ],
    [info("X", T.FLOAT, ["N", 4])],
    [info("Y", T.FLOAT, ["N", 3]), info("S", T.FLOAT, ["N", 4])],
    [weights, bias],
)

types = {
    "BOOL": T.BOOL, "UINT8": T.UINT8, "UINT16": T.UINT16, "UINT32": T.UINT32, "UINT64": T.UINT64,
    "INT8": T.INT8, "INT16": T.INT16, "INT32": T.INT32, "INT64": T.INT64,
    "FP16": T.FLOAT16, "FP32": T.FLOAT, "FP64": T.DOUBLE, "BF16": T.BFLOAT16, "BYTES": T.STRING,
}
for name, element_type in types.items():
    save(
        f"echo_{name}",
        [helper.make_node("Identity", ["in"], ["out"])],
        [info("in", element_type, [None, None])],
        [info("out", element_type, [None, None])],
    )

zipmap = helper.make_node("ZipMap", ["P"], ["Z"], domain="ai.onnx.ml", classlabels_int64s=[0, 1])
maps = helper.make_sequence_type_proto(helper.make_map_type_proto(T.INT64, helper.make_tensor_type_proto(T.FLOAT, [])))
save("../unserved/map", [zipmap], [info("P", T.FLOAT, ["N", 2])], [helper.make_value_info("Z", maps)])

save(
    "../unserved/image",
    [helper.make_node("ImageDecoder", ["data"], ["image"], "decode")],
    [info("data", T.UINT8, ["N"])],
    [info("image", T.UINT8, ["H", "W", 3])],
    opsets=[helper.make_opsetid("", 20)],
)
