#!/usr/bin/env python3
"""Writes cases of neural operators that ONNX's node tests leave out, in the layout that `mlpack conformance` reads.

    write-layers-cases.py FOLDER

Versions of operators from before opset 7, and what training makes of them, against the formulas of their documents in
NumPy; layers whose meaning did not change against the newest version in ONNX's reference evaluator; attention with
types, masks and precisions that the node tests do not combine against the same.
"""

import pathlib
import shutil
import sys

import ml_dtypes
import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator


class Writer:
    def __init__(self, target):
        self.target = target
        self.random = np.random.default_rng(28)
        self.count = 0

    def floats(self, *shape, kind=np.float32):
        return self.random.normal(size=shape).astype(kind)

    def case(self, title, operator, opset, inputs, expected=None, outputs=1, newest=None, rtol=None, **attributes):
        """A case of one node; without outputs that are expected, those of the evaluator at `newest` or the opset itself."""
        names = ["" if value is None else f"x{index}" for index, value in enumerate(inputs)]
        results = [f"y{index}" for index in range(outputs)]
        given = {name: value for name, value in zip(names, inputs) if name}

        def model(version, types):
            node = helper.make_node(operator, names, results, **attributes)
            graph = helper.make_graph(
                [node],
                title,
                [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
                 for name, value in given.items()],
                [helper.make_tensor_value_info(name, kind, None) for name, kind in zip(results, types)],
            )
            opsets = [helper.make_opsetid("", version)]
            return helper.make_model(graph, opset_imports=opsets, ir_version=13)

        if expected is None:
            unknown = [TensorProto.FLOAT] * outputs
            expected = ReferenceEvaluator(model(newest or opset, unknown)).run(None, given)
        types = [helper.np_dtype_to_tensor_dtype(value.dtype) for value in expected]
        folder = self.target / title / "test_data_set_0"
        folder.mkdir(parents=True)
        (folder.parent / "model.onnx").write_bytes(model(opset, types).SerializeToString(deterministic=True))
        if rtol:
            (folder.parent / "tolerance.txt").write_text(f"rtol {rtol}\natol {rtol}\n")
        for kind, values in (("input", given.items()), ("output", zip(results, expected))):
            for index, (key, value) in enumerate(values):
                message = numpy_helper.from_array(value, key)
                (folder / f"{kind}_{index}.pb").write_bytes(message.SerializeToString(deterministic=True))
        self.count += 1


def channels(vector, rank):
    return vector.reshape(vector.shape + (1,) * (rank - 2))


def normalized(x, scale, bias, mean, variance, epsilon=1e-5):
    scale, bias, mean, variance = (channels(v, x.ndim) if v.ndim == 1 else v for v in (scale, bias, mean, variance))
    return ((x - mean) / np.sqrt(variance + epsilon) * scale + bias).astype(x.dtype)


def batch_normalization(writer):
    x = writer.floats(3, 2, 4, 2)
    for opset, attributes in ((1, {"is_test": 1, "consumed_inputs": [0, 0, 0, 1, 1]}), (6, {"is_test": 1}), (7, {})):
        for spatial in (1, 0):
            shape = (2,) if spatial else x.shape[1:]
            vectors = [writer.floats(*shape) for _ in range(3)] + [np.abs(writer.floats(*shape)) + 0.1]
            title = f"layers_batchnormalization_{opset}_{'spatial' if spatial else 'places'}"
            expected = [normalized(x, *vectors)]
            writer.case(title, "BatchNormalization", opset, [x, *vectors], expected, spatial=spatial, **attributes)
    for opset in (6, 7, 9):
        vectors = [writer.floats(2) for _ in range(3)] + [np.abs(writer.floats(2)) + 0.1]
        mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3))
        running = [vectors[2] * np.float32(0.7) + mean * np.float32(0.3), vectors[3] * np.float32(0.7) + variance * np.float32(0.3)]
        expected = [normalized(x, vectors[0], vectors[1], mean, variance), *running, mean, variance]
        title = f"layers_batchnormalization_{opset}_training"
        writer.case(title, "BatchNormalization", opset, [x, *vectors], expected, outputs=5, momentum=0.7)


def older_activations_and_pools(writer):
    x = writer.floats(2, 3, 4, 5)
    for opset in (1, 6):
        for slope in (writer.floats(3), writer.floats(1)):
            expected = [np.where(x < 0, x * (channels(slope, 4) if slope.size > 1 else slope), x)]
            writer.case(f"layers_prelu_{opset}_{slope.size}", "PRelu", opset, [x, slope], expected)
    scale, bias = writer.floats(3), writer.floats(3)
    expected = [normalized(x, scale, bias, x.mean((2, 3), keepdims=True), x.var((2, 3), keepdims=True))]
    writer.case("layers_instancenormalization_1", "InstanceNormalization", 1, [x, scale, bias], expected)
    norm = (np.abs(x) ** 1.5).sum((2, 3), keepdims=True) ** np.float32(1 / 1.5)
    writer.case("layers_globallppool_1", "GlobalLpPool", 1, [x], [norm], p=1.5)
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 3), (2, 3))[:, :, ::2]
    norm = (np.abs(windows) ** 2.5).sum((4, 5)) ** np.float32(1 / 2.5)
    writer.case("layers_lppool_1", "LpPool", 1, [x], [norm], p=2.5, kernel_shape=[2, 3], strides=[2, 1])
    for opset in (6, 7):
        attributes = {"is_test": 1} if opset < 7 else {}
        writer.case(f"layers_dropout_{opset}", "Dropout", opset, [x], [x, np.ones_like(x)], outputs=2, **attributes)


def recurrent(writer):
    for operator, gates, opsets in (("RNN", 1, (1, 7)), ("GRU", 3, (1, 3, 7)), ("LSTM", 4, (1, 7))):
        for opset in opsets:
            inputs = [
                writer.floats(3, 2, 4), writer.floats(1, gates * 5, 4), writer.floats(1, gates * 5, 5),
                writer.floats(1, 2 * gates * 5), None, writer.floats(1, 2, 5),
            ]
            outputs = 3 if operator == "LSTM" else 2
            if operator == "LSTM":
                inputs += [writer.floats(1, 2, 5), writer.floats(1, 15)]
            writer.case(
                f"layers_{operator.lower()}_{opset}", operator, opset, inputs, outputs=outputs, newest=22, hidden_size=5
            )


def plain_attention(q, k, v):
    k, v = np.repeat(k, 2, 1), np.repeat(v, 2, 1)
    scores = q @ k.swapaxes(2, 3) / np.sqrt(np.float32(q.shape[3]))
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return (powers / powers.sum(-1, keepdims=True) @ v).astype(q.dtype)


def attention(writer):
    def operands(kind=np.float32, heads=(4, 2), value=5, past=0):
        q, k = writer.floats(2, heads[0], 3, 4, kind=kind), writer.floats(2, heads[1], 6, 4, kind=kind)
        v = writer.floats(2, heads[1], 6, value, kind=kind)
        pasts = [writer.floats(2, heads[1], past, size, kind=kind) for size in (4, value)] if past else [None, None]
        return [q, k, v], pasts

    for kind in (np.float64, np.float16, ml_dtypes.bfloat16):
        for precision in (None, TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16):
            given, pasts = operands(kind, past=2)
            mask = writer.floats(3, 8, kind=kind)
            attributes = {} if precision is None else {"softmax_precision": precision}
            coarse = {np.float16, ml_dtypes.bfloat16} & {kind} or precision in (TensorProto.FLOAT16, TensorProto.BFLOAT16)
            title = f"layers_attention_{np.dtype(kind).name}_{precision or 'default'}"
            writer.case(
                title, "Attention", 25, [*given, mask, *pasts], outputs=4, is_causal=1, qk_matmul_output_mode=3,
                rtol=3e-2 if coarse else None, **attributes,
            )
    for mode in range(4):
        given, pasts = operands(past=2)
        mask = writer.random.integers(0, 2, (4, 3, 7)).astype(bool)
        # SPEC: in mode 0 the output is raw, which the evaluator caps all the same.
        softcap = {} if mode == 0 else {"softcap": 1.5}
        writer.case(
            f"layers_attention_mode_{mode}", "Attention", 24, [*given, mask, *pasts], outputs=4, is_causal=1,
            qk_matmul_output_mode=mode, **softcap,
        )
    for left in (-1, 0, 2):
        for right in (-1, 0, 3):
            given, _ = operands()
            lengths = np.array([6, 2], np.int64)
            writer.case(
                f"layers_attention_window_{left}_{right}".replace("-1", "all"), "Attention", 25,
                [*given, None, None, None, lengths], left_window_size=left, right_window_size=right,
            )
    given, _ = operands()
    given[2] = given[2].astype(np.float64)
    # SPEC: the result has the type of the queries, which the evaluator does not give it.
    writer.case("layers_attention_values_of_another_type", "Attention", 23, given, [plain_attention(*given)])


def others(writer):
    for kind in (np.int8, np.int16, np.uint8, np.uint16, np.uint32, np.uint64):
        x, y = (writer.random.integers(0, 5, shape).astype(kind) for shape in ((2, 3), (3, 4)))
        writer.case(f"layers_einsum_{np.dtype(kind).name}", "Einsum", 12, [x, y], [x @ y], equation="ij,jk->ik")
    x, scale = writer.floats(2, 3, 4, kind=np.float16), writer.floats(4)
    root = np.sqrt((x.astype(np.float32) ** 2).mean(-1, keepdims=True) + 1e-5)
    expected = [((x / root).astype(np.float16) * scale).astype(np.float32)]
    writer.case("layers_rmsnormalization_of_two_types", "RMSNormalization", 23, [x, scale], expected)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    writer = Writer(target)
    for write in (batch_normalization, older_activations_and_pools, recurrent, attention, others):
        write(writer)
    print(f"layers: {writer.count} cases")


if __name__ == "__main__":
    main()
