#!/usr/bin/env python3
"""Writes cases of the element types that the node tests of ONNX hardly touch, in the layout that `mlpack conformance` reads.

    write-types-cases.py FOLDER

Casts are held against `ml_dtypes` and the tables of `Cast`, with every code of each type; operators that move elements
against NumPy, with counts of elements that do not fill their last byte.
"""

import pathlib
import shutil
import sys

import ml_dtypes
import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPSET = 25
FLOATS = {
    TensorProto.FLOAT8E4M3FN: 8,
    TensorProto.FLOAT8E4M3FNUZ: 8,
    TensorProto.FLOAT8E5M2: 8,
    TensorProto.FLOAT8E5M2FNUZ: 8,
    TensorProto.FLOAT4E2M1: 4,
}
OTHERS = {
    TensorProto.FLOAT8E8M0: 8,
    TensorProto.INT4: 4,
    TensorProto.UINT4: 4,
    TensorProto.INT2: 2,
    TensorProto.UINT2: 2,
}
MOVED = [*FLOATS, *OTHERS, TensorProto.COMPLEX64, TensorProto.COMPLEX128, TensorProto.STRING, TensorProto.BFLOAT16]


def name(kind):
    return TensorProto.DataType.Name(kind).lower()


def dtype(kind):
    return helper.tensor_dtype_to_np_dtype(kind)


class Writer:
    def __init__(self, target):
        self.target = target
        self.count = 0

    def case(self, title, nodes, inputs, outputs, opset=OPSET):
        infos = [
            [helper.make_tensor_value_info(key, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
             for key, value in values.items()]
            for values in (inputs, outputs)
        ]
        graph = helper.make_graph(nodes, title, *infos)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=13)
        folder = self.target / title / "test_data_set_0"
        folder.mkdir(parents=True)
        (folder.parent / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
        for kind, values in (("input", inputs), ("output", outputs)):
            for index, (key, value) in enumerate(values.items()):
                message = numpy_helper.from_array(value, key)
                (folder / f"{kind}_{index}.pb").write_bytes(message.SerializeToString(deterministic=True))
        self.count += 1


def every_code(kind, bits):
    """An array of each code once, in a shape that leaves the last byte unfilled where elements share bytes."""
    return np.arange(2**bits, dtype=np.uint8)[: 2**bits - (bits < 8)].view(dtype(kind))


def sample(kind, shape):
    """Numbers of any type, seeded by the type."""
    random = np.random.default_rng(kind)
    if kind == TensorProto.STRING:
        return np.array([f"s{number}" for number in random.integers(0, 99, np.prod(shape))], object).reshape(shape)
    if kind in (TensorProto.COMPLEX64, TensorProto.COMPLEX128):
        return (random.normal(size=shape) + 1j * random.normal(size=shape)).astype(dtype(kind))
    bits = {**FLOATS, **OTHERS}.get(kind)
    if bits:
        return random.integers(0, 2**bits, shape, dtype=np.uint8).view(dtype(kind))
    return random.normal(size=shape).astype(dtype(kind))


def casts(writer):
    halves = [np.float32(value) for value in np.arange(0, 2**16, 7, dtype=np.uint16).view(np.float16)]
    edges = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-30, -1e-30, 448, 464, 464.1, 480, 57344, 61440, 65536, 1e10, -1e10]
    numbers = np.array(edges + [value for value in halves if np.isfinite(value)], np.float32)
    for kind, bits in {**FLOATS, **OTHERS}.items():
        codes = every_code(kind, bits)
        node = helper.make_node("Cast", ["x"], ["y"], to=TensorProto.FLOAT)
        writer.case(f"type_cast_{name(kind)}_to_float", [node], {"x": codes}, {"y": codes.astype(np.float32)})
    for kind in FLOATS:
        limits = ml_dtypes.finfo(dtype(kind))
        least, greatest = np.float32(limits.min), np.float32(limits.max)
        # SPEC: NaN has no code in float4e2m1, and what becomes of it is left open.
        given = numbers[~np.isnan(numbers)] if kind == TensorProto.FLOAT4E2M1 else numbers
        node = helper.make_node("Cast", ["x"], ["y"], to=kind)
        expected = np.clip(given, least, greatest).astype(dtype(kind))
        writer.case(f"type_cast_float_to_{name(kind)}", [node], {"x": given}, {"y": expected})
        node = helper.make_node("Cast", ["x"], ["y"], to=kind, saturate=0)
        writer.case(f"type_cast_float_to_{name(kind)}_no_saturate", [node], {"x": given}, {"y": given.astype(dtype(kind))})
    for kind in (TensorProto.INT4, TensorProto.UINT4, TensorProto.INT2, TensorProto.UINT2):
        integers = np.arange(-70, 71, dtype=np.int32)
        node = helper.make_node("Cast", ["x"], ["y"], to=kind)
        writer.case(f"type_cast_int32_to_{name(kind)}", [node], {"x": integers}, {"y": integers.astype(dtype(kind))})
    powers = np.array([2.0**-127, 1.0, 1.25, 1.5, 1.75, 3.0, 2.0**100, 1.1 * 2.0**100], np.float32)
    for mode, rounded in (
        ("up", [-127, 0, 1, 1, 1, 2, 100, 101]),
        ("down", [-127, 0, 0, 0, 0, 1, 100, 100]),
        ("nearest", [-127, 0, 0, 1, 1, 2, 100, 100]),
    ):
        expected = (np.array(rounded) + 127).astype(np.uint8).view(dtype(TensorProto.FLOAT8E8M0))
        node = helper.make_node("Cast", ["x"], ["y"], to=TensorProto.FLOAT8E8M0, round_mode=mode)
        writer.case(f"type_cast_float_to_float8e8m0_{mode}", [node], {"x": powers}, {"y": expected})


def movements(writer):
    for kind in MOVED:
        x = sample(kind, (3, 5))
        title = f"type_{name(kind)}"

        def one(operator, expected, inputs=None, **attributes):
            values = {"x": x, **(inputs or {})}
            node = helper.make_node(operator, list(values), ["y"], **attributes)
            writer.case(f"{title}_{operator.lower()}", [node], values, {"y": expected})

        one("Identity", x)
        one("Transpose", np.ascontiguousarray(x.T), perm=[1, 0])
        one("Reshape", x.reshape(5, 3), {"shape": np.array([5, -1], np.int64)})
        one("Unsqueeze", x[:, None], {"axes": np.array([1], np.int64)})
        one("Flatten", x.reshape(1, 15), axis=0)
        one("Shape", np.array([3, 5], np.int64))
        if kind != TensorProto.STRING:
            padded = np.full((4, 6), x[0, 0], x.dtype)
            padded[1:, :5] = x
            one("Pad", padded, {"pads": np.array([1, 0, 0, 1], np.int64), "value": x[0, 0].reshape(())})
        node = helper.make_node("ConstantOfShape", ["s"], ["y"], value=numpy_helper.from_array(x[0, :1], "value"))
        if kind not in (TensorProto.COMPLEX64, TensorProto.COMPLEX128, TensorProto.STRING):
            filled = np.full((3, 3), x[0, 0], x.dtype)
            writer.case(f"{title}_constantofshape", [node], {"s": np.array([3, 3], np.int64)}, {"y": filled})
        body = helper.make_graph(
            [helper.make_node("Identity", ["r"], ["o"])],
            "body",
            [helper.make_tensor_value_info("r", kind, [5])],
            [helper.make_tensor_value_info("o", kind, [5])],
        )
        scan = helper.make_node("Scan", ["x"], ["y"], body=body, num_scan_inputs=1, scan_input_directions=[1])
        writer.case(f"{title}_scan", [scan], {"x": x}, {"y": np.ascontiguousarray(x[::-1])})
    for kind in (TensorProto.COMPLEX64, TensorProto.COMPLEX128):
        x = sample(kind, (3, 5))
        title = f"type_{name(kind)}"
        indices = np.array([2, 0], np.int64)
        for operator, inputs, expected in (
            ("Gather", {"i": indices}, x[indices]),
            ("Tile", {"r": np.array([2, 1], np.int64)}, np.tile(x, (2, 1))),
            ("Expand", {"s": np.array([2, 3, 5], np.int64)}, np.broadcast_to(x, (2, 3, 5)).copy()),
        ):
            node = helper.make_node(operator, ["x", *inputs], ["y"])
            writer.case(f"{title}_{operator.lower()}", [node], {"x": x, **inputs}, {"y": expected})
        node = helper.make_node("Concat", ["x", "x"], ["y"], axis=1)
        writer.case(f"{title}_concat", [node], {"x": x}, {"y": np.concatenate([x, x], 1)})
        zeros = np.where(np.arange(15).reshape(3, 5) % 2, x, 0).astype(x.dtype)
        node = helper.make_node("NonZero", ["x"], ["y"])
        writer.case(f"{title}_nonzero", [node], {"x": zeros}, {"y": np.array(np.nonzero(zeros), np.int64)})


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    writer = Writer(target)
    casts(writer)
    movements(writer)
    print(f"types: {writer.count} cases")


if __name__ == "__main__":
    main()
