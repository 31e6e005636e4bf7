"""The operators that transformer models have after onnxruntime's optimiser and quantisation tools."""

import numpy as np
from onnx import TensorProto, helper

from .case import Case, random

SAMPLES, LENGTH, HEADS, SIZE = 2, 3, 2, 4
HIDDEN = HEADS * SIZE
# float16 has 11 bits, and onnxruntime rounds to it at other places.
HALF = (1e-2, 2e-3)


class Numbers:
    """Random numbers of a case."""

    def __init__(self, name):
        self.random = random(name)

    def floats(self, *shape):
        return self.random.standard_normal(shape).astype(np.float32)

    def bytes(self, *shape):
        return self.random.integers(0, 256, shape).astype(np.uint8)

    def signed(self, *shape):
        return self.random.integers(-128, 128, shape).astype(np.int8)

    def choices(self, count, *shape, dtype=np.int32):
        return self.random.integers(0, count, shape).astype(dtype)

    def mask(self, *shape):
        """Zeros and ones, with a one in every row."""
        mask = self.choices(2, *shape)
        mask[..., 0] = 1
        return mask


def integers(*values):
    return np.array(values, np.int32)


def scalar(value, dtype=np.float32):
    return np.array(value, dtype)


def halves(values):
    return [v.astype(np.float16) if v is not None and v.dtype == np.float32 else v for v in values]


def attention():
    def make(what, *inputs, outputs=1, tolerance=None, **attributes):
        n = Numbers("attention " + what)
        sizes = attributes.get("qkv_hidden_sizes", [HIDDEN] * 3)
        base = [n.floats(SAMPLES, LENGTH, 6), n.floats(6, sum(sizes)), n.floats(sum(sizes))]
        rest = [value(n) if callable(value) else value for value in inputs]
        if what.startswith("without_bias"):
            base[2] = None
        values = base + rest
        if what.startswith("float16"):
            values, tolerance = halves(values), HALF
        return Case(what, "Attention", values, outputs, tolerance=tolerance, num_heads=HEADS, **attributes)

    def past(n):
        return n.floats(2, SAMPLES, HEADS, 5, SIZE)

    raw = lambda n: n.mask(SAMPLES, LENGTH)
    return [
        make("plain"),
        make("without_bias"),
        make("causal", unidirectional=1),
        make("scale", scale=0.3),
        make("scale_zero", scale=0.0),
        make("mask_lengths", integers(2, 3)),
        make("mask_lengths_zero", integers(0, 9)),
        make("mask_ends_and_starts", integers(3, 2, 1, 0)),
        make("mask_lengths_and_sums", integers(2, 1, 0, 2, 3, 0, 2, 3)),
        make("mask_raw", raw),
        make("mask_raw_causal", raw, unidirectional=1),
        make("mask_each_query", lambda n: n.mask(SAMPLES, LENGTH, LENGTH), unidirectional=1),
        make("mask_one_column", np.zeros((SAMPLES, 1), np.int32)),
        make("mask_filter_value", raw, mask_filter_value=-2.0),
        make("mask_lowest", integers(1, 0), mask_filter_value=float(np.finfo(np.float32).min), unidirectional=1),
        make("present", outputs=2),
        make("past", None, past, outputs=2),
        make("past_causal", None, past, outputs=2, unidirectional=1),
        make("past_mask_raw", lambda n: n.mask(SAMPLES, LENGTH + 5), past, outputs=2, unidirectional=1),
        make("past_mask_lengths", integers(4, 7), past, outputs=2),
        make("bias", None, None, lambda n: n.floats(SAMPLES, HEADS, LENGTH, LENGTH)),
        make("bias_shared_by_samples", raw, None, lambda n: n.floats(1, HEADS, LENGTH, LENGTH)),
        make("bias_shared_by_heads", None, None, lambda n: n.floats(SAMPLES, 1, LENGTH, LENGTH), unidirectional=1),
        make("hidden_sizes", qkv_hidden_sizes=[8, 8, 4]),
        make("hidden_sizes_all", raw, qkv_hidden_sizes=[4, 4, 10]),
        make("float16", raw),
        make("float16_past", None, past, outputs=2, unidirectional=1),
    ]


def multi_head_attention():
    keys = 5

    def rows(n, length, size=HIDDEN):
        return n.floats(SAMPLES, length, size)

    def make(what, *inputs, outputs=1, tolerance=None, **attributes):
        n = Numbers("multi-head attention " + what)
        values = [value(n) if callable(value) else value for value in inputs]
        if what.startswith("float16"):
            values, tolerance = halves(values), HALF
        kind = TensorProto.FLOAT16 if what.startswith("float16") else TensorProto.FLOAT
        return Case(
            what, "MultiHeadAttention", values, outputs, types={"qk": kind}, tolerance=tolerance, num_heads=HEADS,
            **attributes,
        )  # fmt: skip

    q = lambda n: rows(n, LENGTH)
    k = lambda n: rows(n, keys)
    own = [q, q, q]
    cross = [q, k, k]
    by_head = lambda n: n.floats(SAMPLES, HEADS, keys, SIZE)
    past = lambda n: n.floats(SAMPLES, HEADS, 6, SIZE)
    bias = lambda n: n.floats(3 * HIDDEN)
    all_outputs = ["y0", "y1", "y2", "qk"]
    with_scores = ["y0", "", "", "qk"]
    cases = [
        make("plain", *own),
        make("cross", *cross),
        make("bias", *cross, bias),
        make("bias_present", *cross, bias, outputs=3),
        make("value_size", q, k, lambda n: rows(n, keys, 12), lambda n: n.floats(28), outputs=3),
        make("keys_by_head", q, by_head, by_head),
        make("keys_by_head_bias", q, by_head, by_head, bias, outputs=3),
        make("causal", *own, unidirectional=1),
        make("causal_cross", *cross, unidirectional=1),
        make("scale", *cross, scale=0.2),
        make("mask_lengths", *cross, None, integers(2, 5)),
        make("mask_lengths_and_sums", *cross, None, integers(2, 4, 0, 2, 3, 0, 2, 3)),
        make("mask_raw", *cross, None, lambda n: n.mask(SAMPLES, keys)),
        make("mask_each_query", *cross, None, lambda n: n.mask(SAMPLES, LENGTH, keys)),
        make("mask_filter_value", *own, bias, lambda n: n.mask(SAMPLES, LENGTH), unidirectional=1, mask_filter_value=-3.0),
        make("attention_bias", *cross, None, None, lambda n: n.floats(SAMPLES, HEADS, LENGTH, keys)),
        make("attention_bias_shared", *cross, None, lambda n: n.mask(SAMPLES, keys), lambda n: n.floats(1, 1, LENGTH, keys)),
        make("attention_bias_shared_by_heads", *cross, None, None, lambda n: n.floats(SAMPLES, 1, LENGTH, keys)),
        make("present", *cross, outputs=3),
        make("past", *own, None, None, None, past, past, outputs=3),
        make("past_cross", *cross, bias, None, None, past, past, outputs=3),
        make("past_causal", *own, None, None, None, past, past, outputs=3, unidirectional=1),
        make("past_mask", *own, None, lambda n: n.mask(SAMPLES, LENGTH + 6), None, past, past, outputs=3),
        make("past_shared", *own, None, None, None, past, past, integers(2), outputs=3),
        make("past_shared_causal", *own, bias, None, None, past, past, integers(3), outputs=3, unidirectional=1),
        make("past_shared_token", *[lambda n: rows(n, 1)] * 3, None, None, None, past, past, integers(0), outputs=3),
        make("scores", *cross, bias, None, lambda n: n.floats(1, HEADS, LENGTH, keys), outputs=with_scores),
        make("scores_masked", *own, None, lambda n: n.mask(SAMPLES, LENGTH), outputs=with_scores, unidirectional=1),
        make("scores_past", *own, None, None, None, past, past, outputs=all_outputs),
        make("float16", *cross, bias, lambda n: n.mask(SAMPLES, keys)),
        make("float16_past", *own, None, None, None, past, past, outputs=all_outputs),
    ]  # fmt: skip
    return cases + packed_attention()


def packed_attention():
    """Packed operands, for which the CPU provider has no kernel: the same from operands that are split before."""
    n = Numbers("packed attention")
    length, keys = LENGTH, 5

    def split(name, parts):
        """Nodes that take `[samples, length, heads, parts, size]` apart."""
        nodes = [helper.make_node("Split", [name], [f"{name}_{i}" for i in range(parts)], axis=3, num_outputs=parts)]
        for index in range(parts):
            nodes.append(helper.make_node("Constant", [], [f"{name}_shape_{index}"], value_ints=[0, 0, -1]))
            nodes.append(helper.make_node("Squeeze", [f"{name}_{index}", f"{name}_axis"], [f"{name}_rows_{index}"]))
            nodes.append(
                helper.make_node("Reshape", [f"{name}_rows_{index}", f"{name}_shape_{index}"], [f"{name}_flat_{index}"])
            )
        return [helper.make_node("Constant", [], [f"{name}_axis"], value_ints=[3])] + nodes

    def attend(*inputs, outputs=1, **attributes):
        names = [f"y{index}" for index in range(outputs)]
        return helper.make_node(
            "MultiHeadAttention", inputs, names, domain="com.microsoft", num_heads=HEADS, **attributes
        )

    packed = n.floats(SAMPLES, length, HEADS, 3, SIZE)
    packed_keys = n.floats(SAMPLES, keys, HEADS, 2, SIZE)
    flat = [f"x0_flat_{index}" for index in range(3)]
    operator = "MultiHeadAttention"
    return [
        Case("packed", operator, [packed], oracle=split("x0", 3) + [attend(*flat)], num_heads=HEADS),
        Case(
            "packed_bias_causal", operator, [packed, None, None, n.floats(3 * HIDDEN)],
            oracle=split("x0", 3) + [attend(*flat, "x3", unidirectional=1)], num_heads=HEADS, unidirectional=1,
        ),
        Case(
            "packed_keys", operator, [n.floats(SAMPLES, length, HIDDEN), packed_keys], 3,
            oracle=split("x1", 2) + [attend("x0", "x1_flat_0", "x1_flat_1", outputs=3)], num_heads=HEADS,
        ),
    ]  # fmt: skip


def group_query_attention():
    heads, key_heads, size, length, room = 4, 2, 16, 4, 10

    def rows(count, length, samples=SAMPLES):
        return lambda n: n.floats(samples, length, count * size)

    def prompt(samples=SAMPLES):
        return [rows(heads, length, samples), rows(key_heads, length, samples), rows(key_heads, length, samples)]

    token = [rows(heads, 1), rows(key_heads, 1), rows(key_heads, 1)]
    past = lambda n: n.floats(SAMPLES, key_heads, room, size)
    full = [integers(length - 1, length - 1), scalar(length, np.int32)]
    angles = lambda n: n.floats(16, size // 2)

    def make(what, *inputs, outputs=3, **attributes):
        n = Numbers("group query attention " + what)
        values = [value(n) if callable(value) else value for value in inputs]
        tolerance = None
        if what.startswith("float16"):
            values, tolerance = halves(values), HALF
        return Case(
            what, "GroupQueryAttention", values, outputs, tolerance=tolerance, num_heads=heads, kv_num_heads=key_heads,
            **attributes,
        )  # fmt: skip

    packed = lambda n: n.floats(SAMPLES, length, (heads + 2 * key_heads) * size)
    bias = lambda length, total: lambda n: n.floats(SAMPLES, 1, length, total)
    rotary = [angles, angles]
    one = lambda n: n.floats(1, key_heads, room, size)
    return [
        make("prompt", *prompt(), None, None, *full),
        make("prompt_one_output", *prompt(), None, None, *full, outputs=1),
        make("prompt_packed", packed, None, None, None, None, *full),
        make("prompt_ragged", *prompt(), None, None, integers(1, 3), scalar(length, np.int32)),
        make("prompt_into_room", *prompt(), past, past, *full),
        make("token", *token, past, past, integers(5, 9), scalar(10, np.int32)),
        make("token_room_left", *token, past, past, integers(3, 7), scalar(8, np.int32)),
        make("token_beyond_room", *token, past, past, integers(5, 10), scalar(11, np.int32)),
        make("chunk", *prompt(1), one, one, integers(9), scalar(10, np.int32)),
        make("scale", *prompt(), None, None, *full, scale=0.1),
        make("softcap", *prompt(), None, None, *full, softcap=1.5),
        make("softcap_bias", *prompt(), None, None, *full, None, None, None, bias(length, length), softcap=1.5),
        make("bias", *prompt(), None, None, *full, None, None, None, lambda n: n.floats(1, heads, length, length)),
        make("bias_token", *token, past, past, integers(5, 7), scalar(8, np.int32), None, None, None, bias(1, 8)),
        make("window", *prompt(), None, None, *full, local_window_size=2),
        make("window_of_one", *prompt(), None, None, *full, local_window_size=1),
        make("window_token", *token, past, past, integers(5, 9), scalar(10, np.int32), local_window_size=3),
        make("not_causal", *prompt(), None, None, *full, causal=0),
        make("smooth", *prompt(), None, None, *full, smooth_softmax=1),
        make("sink", *prompt(), None, None, *full, *[None] * 4, lambda n: n.floats(heads)),
        make("sink_window", *prompt(), None, None, *full, *[None] * 4, lambda n: n.floats(heads), local_window_size=2),
        make("rotary", *prompt(), None, None, *full, *rotary, do_rotary=1),
        make("rotary_interleaved", packed, None, None, None, None, *full, *rotary, do_rotary=1, rotary_interleaved=1),
        make("rotary_token", *token, past, past, integers(5, 9), scalar(10, np.int32), *rotary, do_rotary=1),
        make("rotary_offset", *prompt(), None, None, *full, *rotary, np.array([[3, 1, 2, 0], [5, 6, 7, 8]]), do_rotary=1),
        make(
            "rotary_positions", *token, past, past, integers(5, 9), scalar(10, np.int32), *rotary,
            np.array([[7], [2]]), do_rotary=1,
        ),
        make("scores", *prompt(), None, None, *full, outputs=4, qk_output=1, softcap=1.5),
        make("scores_window", *prompt(), None, None, *full, outputs=4, qk_output=1, local_window_size=2),
        make("weights", *prompt(), None, None, *full, outputs=4, qk_output=2, smooth_softmax=1),
        make("weights_token", *token, past, past, integers(3, 7), scalar(8, np.int32), outputs=4, qk_output=2),
        make("query_lengths", *prompt(), past, past, integers(4, 5), scalar(10, np.int32), *[None] * 9, integers(4, 4)),
        make(
            "query_lengths_rotary", *prompt(), past, past, integers(3, 5), scalar(10, np.int32), *rotary, *[None] * 7,
            integers(4, 4), do_rotary=1, local_window_size=3,
        ),
        make("float16", *prompt(), None, None, *full),
        make("float16_token", *token, past, past, integers(5, 9), scalar(10, np.int32), *rotary, do_rotary=1),
    ]  # fmt: skip


def rotary_embedding():
    positions, size = 10, 8

    def make(what, shape, where, width=size // 2, half=False, **attributes):
        n = Numbers("rotary embedding " + what)
        values = [n.floats(*shape), np.array(where), n.floats(positions, width), n.floats(positions, width)]
        tolerance = HALF if half else None
        return Case(what, "RotaryEmbedding", halves(values) if half else values, tolerance=tolerance, **attributes)

    each = [[0, 1, 2], [4, 3, 9]]
    merged, by_head = (SAMPLES, LENGTH, HEADS * size), (SAMPLES, HEADS, LENGTH, size)
    return [
        make("positions", merged, each),
        make("offset", merged, [2]),
        make("offset_scalar", merged, 7),
        make("by_head", by_head, each),
        make("by_head_offset", by_head, [5]),
        make("by_head_interleaved", by_head, each, interleaved=1),
        make("interleaved", merged, each, interleaved=1),
        make("heads", merged, each, num_heads=HEADS),
        make("partly", merged, each, width=2, rotary_embedding_dim=4, num_heads=HEADS),
        make("partly_by_head", by_head, each, width=2, rotary_embedding_dim=4, num_heads=HEADS, interleaved=1),
        make("scale", merged, each, scale=2.0),
        make("packed_batching", (1, 12, HEADS * size), [[0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6]], is_packed_batching=1),
        make("float16", merged, each, half=True),
    ]


def normalizations():
    shape, hidden = (SAMPLES, LENGTH, 8), 8

    def make(operator, what, *inputs, outputs=1, half=False, tolerance=None, **attributes):
        n = Numbers(f"{operator} {what}")
        values = [n.floats(*value) if isinstance(value, tuple) else value for value in inputs]
        if half:
            values, tolerance = halves(values), HALF
        return Case(what, operator, values, outputs, tolerance=tolerance, **attributes)

    skip, row = "SkipLayerNormalization", (hidden,)
    cases = [
        make(skip, "plain", shape, shape, row, row, row),
        make(skip, "without_beta", shape, shape, row),
        make(skip, "bias_without_beta", shape, shape, row, None, row),
        make(skip, "sum", shape, shape, row, row, row, outputs=["y0", "", "", "sum"]),
        make(skip, "skip_matrix", shape, shape[1:], row, row),
        make(skip, "skip_one_sample", shape, (1, *shape[1:]), row, row, row, outputs=["y0", "", "", "sum"]),
        make(skip, "matrix", shape[1:], shape[1:], row, row),
        make(skip, "epsilon", shape, shape, row, row, epsilon=0.5),
        make(skip, "float16", shape, shape, row, row, row, outputs=["y0", "", "", "sum"], half=True),
    ]
    simplified = "SkipSimplifiedLayerNormalization"
    cases += [
        make(simplified, "plain", shape, shape, row),
        make(simplified, "bias", shape, shape, row, row),
        make(simplified, "sum", shape, shape, row, row, outputs=["y0", "", "", "sum"]),
        make(simplified, "skip_matrix", shape, shape[1:], row),
        make(simplified, "skip_one_sample", shape, (1, *shape[1:]), row, row),
        make(simplified, "matrix", shape[1:], shape[1:], row),
        make(simplified, "epsilon", shape, shape, row, epsilon=0.5),
        make(simplified, "float16", shape, shape, row, row, outputs=["y0", "", "", "sum"], half=True),
    ]
    rms, own = "SimplifiedLayerNormalization", {"domain": ""}
    n = Numbers("simplified")
    cases += [
        make(rms, "plain", shape, row, **own),
        make(rms, "deviation", shape, row, outputs=2, **own),
        make(rms, "axis", shape, shape[1:], outputs=2, axis=1, **own),
        make(rms, "epsilon", shape, row, epsilon=0.5, **own),
        make(rms, "float16", shape, row, outputs=2, half=True, **own),
        make(rms, "double", n.floats(*shape).astype(np.float64), n.floats(*row).astype(np.float64), **own),
        make(rms, "half_input", n.floats(*shape).astype(np.float16), n.floats(*row), tolerance=HALF, **own),
        make(rms, "half_scale", n.floats(*shape), n.floats(*row).astype(np.float16), tolerance=HALF, **own),
    ]
    # Before opset 17 onnxruntime puts an operator of its own in the place of what opset 17 has.
    layer, early = "LayerNormalization", {"domain": "", "onnx_opset": 14}
    cases += [
        make(layer, "plain", shape, row, row, **early),
        make(layer, "deviation", shape, row, outputs=3, **early),
        make(layer, "axis", shape, shape[1:], shape[1:], outputs=3, axis=1, epsilon=0.1, **early),
        make(layer, "float16", shape, row, row, outputs=3, half=True, **early),
        make(layer, "half_input", n.floats(*shape).astype(np.float16), n.floats(*row), n.floats(*row), **early),
    ]
    return cases + embedding_normalizations()


def embedding_normalizations():
    hidden = 8
    words = integers([1, 4, 0], [2, 2, 3])
    segments = integers([0, 1, 0], [1, 1, 0])
    mask = integers([1, 1, 0], [1, 0, 2])

    def make(what, segments=segments, mask=None, positions=None, outputs=2, half=False, **attributes):
        n = Numbers("embeddings " + what)
        tables = [n.floats(6, hidden), n.floats(4, hidden), n.floats(2, hidden) if segments is not None else None]
        values = [words, segments, *tables, n.floats(hidden), n.floats(hidden), mask, positions]
        values = values[: 9 if positions is not None else 8 if mask is not None else 7]
        if half:
            values = halves(values)
        tolerance = HALF if half else None
        return Case(what, "EmbedLayerNormalization", values, outputs, tolerance=tolerance, **attributes)

    return [
        make("plain"),
        make("mask", mask=mask),
        make("sum", mask=mask, outputs=3),
        make("sum_without_mask_index", outputs=["y0", "", "sum"], mask_index_type=0),
        make("without_segments", segments=None, outputs=3),
        make("positions", positions=integers([0, 2, 1], [3, 3, 3])),
        make("positions_shared", mask=mask, positions=integers([3, 0, 1]), outputs=3),
        make("epsilon", epsilon=0.5),
        make("float16", mask=mask, outputs=3, half=True),
    ]


def activations():
    shape, row = (2, 3, 8), (8,)
    cases = []
    for operator, inputs in [
        ("BiasGelu", [shape, row]), ("FastGelu", [shape]), ("FastGelu", [shape, row]), ("Gelu", [shape]),
        ("QuickGelu", [shape]), ("BiasGelu", [row, row]), ("FastGelu", [row, row]),
    ]:  # fmt: skip
        what = ("bias" if len(inputs) == 2 else "plain") + ("_vector" if inputs[0] == row else "")
        for kind in (np.float32, np.float16):
            name = what if kind == np.float32 else "float16_" + what
            n = Numbers(f"{operator} {name}")
            values = [(3 * n.floats(*shape)).astype(kind) for shape in inputs]
            # Of numbers far below zero `1 + tanh` keeps few digits.
            tolerance = HALF if kind == np.float16 else (1e-3, 1e-6) if operator == "FastGelu" else None
            cases.append(Case(name, operator, values, tolerance=tolerance))
    n = Numbers("activations")
    cases.append(Case("double", "FastGelu", [n.floats(*shape).astype(np.float64)]))
    cases.append(Case("alpha", "QuickGelu", [n.floats(*shape)], alpha=-0.5))
    cases.append(Case("alpha_one", "QuickGelu", [n.floats(*shape)], alpha=1.0))
    # The CPU provider has no kernel.
    split = [
        helper.make_node("Add", ["x0", "x1"], ["sum"]),
        helper.make_node("Split", ["sum"], ["left", "right"], axis=-1, num_outputs=2),
        helper.make_node("Gelu", ["right"], ["gelu"], domain="com.microsoft"),
        helper.make_node("Mul", ["left", "gelu"], ["y0"]),
    ]
    cases.append(Case("plain", "BiasSplitGelu", [n.floats(*shape), n.floats(*row)], oracle=split))
    return cases


def q_attention():
    # onnxruntime multiplies integers on some machines with 7 bits of the weights, so these stay within.
    def make(what, *rest, weights="signed", column_scales=False, zeros=True, outputs=1, half=False, **attributes):
        n = Numbers("quantised attention " + what)
        weight = n.random.integers(0, 128, (6, 3 * HIDDEN)).astype(np.uint8)
        if weights == "signed":
            weight = (weight.astype(np.int8) - 64).astype(np.int8)
        scale = np.abs(n.floats(3 * HIDDEN)) / 100 + 0.001 if column_scales else scalar(0.01)
        mask, past = [value(n) if callable(value) else value for value in (*rest, None, None)[:2]]
        zero = [scalar(128, np.uint8), scalar(64 if weights == "unsigned" else 3, weight.dtype)] if zeros else []
        if zeros == "columns":
            zero[1] = n.random.integers(0, 5, 3 * HIDDEN).astype(weight.dtype)
        values = [n.bytes(SAMPLES, LENGTH, 6), weight, n.floats(3 * HIDDEN), scalar(0.02), scale, mask, *zero]
        if past is not None:
            values = values + [None] * (8 - len(values)) + [past]
        if half:
            values = halves(values)
        tolerance = HALF if half else None
        return Case(what, "QAttention", values, outputs, num_heads=HEADS, tolerance=tolerance, **attributes)

    past = lambda n: n.floats(2, SAMPLES, HEADS, 4, SIZE)
    raw = lambda n: n.mask(SAMPLES, LENGTH)
    return [
        make("plain"),
        make("without_zero_points", zeros=False),
        make("unsigned", weights="unsigned"),
        make("column_scales", column_scales=True),
        make("column_zero_points", column_scales=True, zeros="columns"),
        make("causal", unidirectional=1),
        make("scale", scale=0.1),
        make("mask_lengths", integers(2, 3)),
        make("mask_ends_and_starts", integers(3, 2, 1, 0)),
        make("mask_raw", raw, mask_filter_value=-5.0),
        make("mask_each_query", lambda n: n.mask(SAMPLES, LENGTH, LENGTH)),
        make("present", outputs=2),
        make("past", None, past, outputs=2, unidirectional=1),
        make("past_mask", lambda n: n.mask(SAMPLES, LENGTH + 4), past, outputs=2),
        make("float16", half=True),
    ]


def packed(numbers, bits):
    """Numbers along the last axis packed into bytes, the first in the lowest bits."""
    per_byte = 8 // bits
    padding = -numbers.shape[-1] % per_byte
    numbers = np.pad(numbers, [(0, 0)] * (numbers.ndim - 1) + [(0, padding)]).astype(np.uint8)
    numbers = numbers.reshape(*numbers.shape[:-1], -1, per_byte)
    return np.bitwise_or.reduce(numbers << (bits * np.arange(per_byte, dtype=np.uint8)), axis=-1).astype(np.uint8)


def mat_mul_n_bits():
    def make(what, bits=4, block=16, inner=32, columns=3, shape=(2,), zeros=None, groups=None, bias=False, half=False,
             flat=False, tolerance=None, **attributes):  # fmt: skip
        n = Numbers("bits " + what)
        blocks = -(-inner // block)
        weight = packed(n.choices(1 << bits, columns, blocks, block), bits)
        scales = n.floats(columns, blocks)
        zero = None
        if zeros == "packed":
            zero = packed(n.choices(1 << bits, columns, blocks), bits)
        elif zeros == "floats":
            zero = n.floats(columns, blocks) + (1 << bits) / 2
        group = None
        if groups == "shuffled":
            group = n.random.permutation(np.arange(inner) // block).astype(np.int32)
        elif groups:
            group = (np.arange(inner) // block).astype(np.int32)
        values = [n.floats(*shape, inner), weight, scales, zero, group, n.floats(columns) if bias else None]
        if flat:
            values = [value.reshape(-1) if index in (2, 3) and value is not None else value
                      for index, value in enumerate(values)]  # fmt: skip
        while values[-1] is None:
            values.pop()
        if half:
            # The sum of many products of float16 numbers.
            values, tolerance = halves(values), (2e-2, 2e-2)
        # Products of numbers with a mean of zero lose digits where they cancel one another.
        return Case(
            what, "MatMulNBits", values, K=inner, N=columns, bits=bits, block_size=block,
            tolerance=tolerance or (1e-3, 1e-4), **attributes,
        )  # fmt: skip

    return [
        make("plain"),
        make("two_bits", bits=2),
        make("eight_bits", bits=8),
        make("blocks_of_32", inner=96, block=32, columns=5),
        make("eight_bits_blocks_of_64", bits=8, inner=64, block=64),
        make("two_bits_blocks_of_32", bits=2, inner=64, block=32),
        make("last_block_short", inner=40, zeros="packed"),
        make("zero_points", inner=48, zeros="packed"),
        make("zero_points_two_bits", bits=2, inner=80, zeros="packed"),
        make("zero_points_eight_bits", bits=8, zeros="packed"),
        make("zero_points_floats", zeros="floats"),
        make("zero_points_floats_two_bits", bits=2, zeros="floats"),
        make("flat_scales", zeros="packed", flat=True),
        make("groups", groups=True),
        make("groups_shuffled", groups="shuffled", inner=64),
        make("groups_zero_points_floats", groups="shuffled", zeros="floats"),
        make("bias", bias=True),
        make("bias_eight_bits", bits=8, bias=True, zeros="packed"),
        make("batch", shape=(2, 3)),
        make("vector", shape=()),
        # The input is rounded to 8 bits on the way.
        make("accuracy_level", accuracy_level=4, tolerance=(5e-2, 1.0)),
        make("float16", half=True),
        make("float16_zero_points", half=True, zeros="packed", bias=True),
        Case("left_out", "MatMulNBits", [Numbers("a").floats(2, 32), np.zeros((3, 0, 8), np.uint8), np.zeros((3, 2), np.float32),
             None, None, Numbers("b").floats(3)], K=32, N=3, bits=4, block_size=16),  # fmt: skip
    ]


def integer_products():
    # Weights of 7 bits: see `q_attention`.
    def weights(n, signed, *shape):
        return n.random.integers(-64, 64, shape).astype(np.int8) if signed else n.choices(128, *shape, dtype=np.uint8)

    def make(what, left=(2, 3, 8), right=(8, 5), signed_left=False, signed=True, column_scales=False, zeros=None,
             bias=False, half=False):  # fmt: skip
        n = Numbers("integer product " + what)
        numbers = n.signed(*left) if signed_left else n.bytes(*left)
        weight = weights(n, signed, *right)
        scale = np.abs(n.floats(right[-1])) / 100 if column_scales else scalar(0.01)
        zero = [None, None]
        if zeros:
            zero = [scalar(7, numbers.dtype), scalar(3, weight.dtype)]
        if zeros == "columns":
            zero[1] = n.choices(5, right[-1]).astype(weight.dtype)
        values = [numbers, weight, scalar(0.02), scale, *zero, n.floats(right[-1]) if bias else None]
        while values[-1] is None:
            values.pop()
        values = halves(values) if half else values
        return Case(what, "MatMulIntegerToFloat", values, tolerance=HALF if half else None)

    def dynamic(what, left=(2, 3, 8), right=(8, 5), signed=True, column_scales=False, zeros=None, bias=False, scale=1.0):
        n = Numbers("dynamic product " + what)
        weight = weights(n, signed, *right)
        factor = np.abs(n.floats(right[-1])) / 100 if column_scales else scalar(0.01)
        zero = {None: None, "one": scalar(3, weight.dtype)}.get(zeros, n.choices(5, right[-1]).astype(weight.dtype))
        values = [n.floats(*left) * np.float32(scale), weight, factor, zero, n.floats(right[-1]) if bias else None]
        while values[-1] is None:
            values.pop()
        return Case(what, "DynamicQuantizeMatMul", values)

    return [
        make("plain"),
        make("signed_left", signed_left=True),
        make("unsigned_right", signed=False),
        make("zero_points", zeros="one"),
        make("zero_points_unsigned", signed=False, zeros="one"),
        make("column_scales", column_scales=True),
        make("column_zero_points", column_scales=True, zeros="columns"),
        make("bias", bias=True),
        make("all", column_scales=True, zeros="columns", bias=True),
        make("batch_right", right=(2, 8, 5)),
        make("vector_left", left=(8,)),
        make("float16", half=True, zeros="one", bias=True),
        dynamic("plain"),
        dynamic("unsigned", signed=False),
        dynamic("zero_point", zeros="one"),
        dynamic("column_scales", column_scales=True),
        dynamic("column_zero_points", column_scales=True, zeros="columns"),
        dynamic("bias", bias=True),
        dynamic("all", column_scales=True, zeros="columns", bias=True),
        dynamic("batch_right", right=(2, 8, 5)),
        dynamic("zeros", scale=0.0, bias=True),
        dynamic("one_row", left=(1, 8)),
    ]


def gather_block_quantized():
    def make(what, bits=4, rows=6, columns=32, indices=((0, 5), (2, -1)), zeros=False, half=False, dtype=np.int64,
             leading=()):  # fmt: skip
        n = Numbers("gather " + what)
        shape = (*leading, rows)
        data = packed(n.choices(1 << bits, *shape, columns), bits)
        scales = n.floats(*shape, -(-columns // 16))
        values = [data, np.array(indices, dtype), scales]
        if zeros:
            values.append(packed(n.choices(1 << bits, *scales.shape), bits))
        values = halves(values) if half else values
        return Case(
            what, "GatherBlockQuantized", values, bits=bits, block_size=16, quantize_axis=len(leading) + 1,
            tolerance=HALF if half else None,
        )  # fmt: skip

    def floats(what, kind, block, scales):
        n = Numbers("gather " + what)
        data = helper.make_tensor("t", kind, (6, 32), n.floats(192).tolist())
        return Case(what, "GatherBlockQuantized", [data, np.array([0, 5]), n.floats(*scales)], block_size=block)

    def four_bits(what, kind, shape, indices, gather, quantize, zeros=False):
        n = Numbers("gather " + what)
        low = -8 if kind == TensorProto.INT4 else 0
        blocks = list(shape)
        blocks[quantize] = -(-shape[quantize] // 16)

        def held(shape):
            numbers = n.random.integers(0, 16, int(np.prod(shape)))
            return helper.make_tensor("t", kind, shape, (numbers + low).tolist())

        values = [held(shape), np.array(indices), n.floats(*blocks)] + ([held(blocks)] if zeros else [])
        return Case(what, "GatherBlockQuantized", values, block_size=16, gather_axis=gather, quantize_axis=quantize)

    return [
        make("plain"),
        make("two_bits", bits=2),
        make("eight_bits", bits=8),
        make("zero_points", zeros=True, columns=48),
        make("zero_points_two_bits", bits=2, zeros=True, columns=80),
        make("zero_points_eight_bits", bits=8, zeros=True),
        make("last_block_short", columns=24),
        make("out_of_range", indices=(0, 9, -7)),
        make("one_index", indices=3),
        make("int32_indices", dtype=np.int32),
        make("three_axes", leading=(2,), indices=(1, 0)),
        make("float16", half=True),
        four_bits("int4", TensorProto.INT4, (6, 32), [0, 5], 0, 1),
        four_bits("int4_zero_points", TensorProto.INT4, (6, 32), [[-1], [2]], 0, 1, zeros=True),
        four_bits("uint4", TensorProto.UINT4, (6, 32), [0, 5], 0, 1),
        four_bits("uint4_zero_points", TensorProto.UINT4, (6, 32), [0, 5], 0, 1, zeros=True),
        four_bits("columns", TensorProto.INT4, (32, 6), [0, 5], 1, 0, zeros=True),
        floats("float8e4m3fn", TensorProto.FLOAT8E4M3FN, 16, (6, 2)),
        floats("float8e5m2", TensorProto.FLOAT8E5M2, 16, (6, 2)),
        floats("float8e4m3fnuz", TensorProto.FLOAT8E4M3FNUZ, 0, (6, 1)),
        floats("float8e5m2fnuz_one_scale", TensorProto.FLOAT8E5M2FNUZ, 0, (1, 1)),
        floats("float4e2m1", TensorProto.FLOAT4E2M1, 16, (6, 2)),
        floats("float4e2m1_shared_scales", TensorProto.FLOAT4E2M1, 16, (1, 2)),
        four_bits("same_axis", TensorProto.UINT4, (32, 5), [0, 20, 31], 0, 0),
    ]


def cases():
    return [
        *attention(),
        *multi_head_attention(),
        *group_query_attention(),
        *rotary_embedding(),
        *normalizations(),
        *activations(),
        *q_attention(),
        *mat_mul_n_bits(),
        *integer_products(),
        *gather_block_quantized(),
    ]
