"""One step of a decoder in the shape of DistilGPT-2, with the keys and values of the steps before it."""

import numpy as np

from graph import INT64, Graph

LAYERS, WIDTH, HEADS, VOCABULARY, POSITIONS = 6, 768, 12, 50257, 1024
SIZE = WIDTH // HEADS


def build(path):
    graph = Graph("gpt2-step")
    ids = graph.input("input_ids", ["batch", "tokens"], INT64)
    positions = graph.input("position_ids", ["batch", "tokens"], INT64)
    mask = graph.input("attention_mask", ["batch", "total"], INT64)
    words = graph.node("Gather", graph.weight(VOCABULARY, WIDTH, scale=0.5), ids)
    x = graph.node("Add", words, graph.node("Gather", graph.weight(POSITIONS, WIDTH, scale=0.1), positions))
    wide = graph.node("Unsqueeze", mask, graph.constant([1, 2]))
    gone = graph.node("Sub", graph.constant(1.0), graph.node("Cast", wide, to=1))
    bias = graph.node("Mul", gone, graph.constant(float(np.finfo(np.float32).min)))
    causal = graph.constant(np.tril(np.ones((1, 1, POSITIONS, POSITIONS), bool)))
    for layer in range(LAYERS):
        past = [graph.input(f"past.{layer}.{kind}", ["batch", HEADS, "past", SIZE]) for kind in ("key", "value")]
        x = graph.node("Add", _attention(graph, graph.layer_norm(x, WIDTH), layer, past, bias, causal), x)
        inner = graph.gelu_tanh(_conv1d(graph, graph.layer_norm(x, WIDTH), WIDTH, 4 * WIDTH))
        x = graph.node("Add", x, _conv1d(graph, inner, 4 * WIDTH, WIDTH, gain=0.5))
    head = graph.weight(WIDTH, VOCABULARY, scale=WIDTH**-0.5)
    graph.output(graph.node("MatMul", graph.layer_norm(x, WIDTH), head), "logits", ["batch", "tokens", VOCABULARY])
    graph.save(path)


def feeds(random, batch, past):
    values = {
        "input_ids": random.integers(0, VOCABULARY, (batch, 1)),
        "position_ids": np.full((batch, 1), past, np.int64),
        "attention_mask": np.ones((batch, past + 1), np.int64),
    }
    for layer in range(LAYERS):
        for kind in ("key", "value"):
            values[f"past.{layer}.{kind}"] = random.standard_normal((batch, HEADS, past, SIZE), dtype=np.float32)
    return values


def _conv1d(graph, x, width, outputs, gain=1.0):
    """The export of `Conv1D` of transformers: a Gemm on two dimensions."""
    flat = graph.node("Reshape", x, graph.constant([-1, width]))
    weight = graph.weight(width, outputs, scale=gain / width**0.5)
    product = graph.node("Gemm", flat, weight, graph.weight(outputs, scale=0.02))
    return graph.reshape(product, graph.extent(x, 0), graph.extent(x, 1), outputs)


def _attention(graph, x, layer, past, bias, causal):
    parts = graph.node("Split", _conv1d(graph, x, WIDTH, 3 * WIDTH), outputs=3, axis=2)
    query, key, value = (
        graph.node("Transpose", graph.reshape(part, graph.extent(part, 0), graph.extent(part, 1), HEADS, SIZE),
                   perm=[0, 2, 1, 3])
        for part in parts
    )  # fmt: skip
    key = graph.node("Concat", past[0], key, axis=2)
    value = graph.node("Concat", past[1], value, axis=2)
    for kind, present in (("key", key), ("value", value)):
        graph.output(present, f"present.{layer}.{kind}", ["batch", HEADS, "total", SIZE])
    scores = graph.node("MatMul", query, graph.node("Transpose", key, perm=[0, 1, 3, 2]))
    scores = graph.node("Div", scores, graph.constant(SIZE**0.5))
    total = graph.extent(key, 2)
    start = graph.node("Sub", total, graph.extent(query, 2))
    rows = graph.node("Slice", causal, start, total, graph.constant([2]))
    seen = graph.node("Slice", rows, graph.constant([0]), total, graph.constant([3]))
    scores = graph.node("Where", seen, scores, graph.constant(float(np.finfo(np.float32).min)))
    weights = graph.node("Softmax", graph.node("Add", scores, bias), axis=-1)
    context = graph.node("Transpose", graph.node("MatMul", weights, value), perm=[0, 2, 1, 3])
    context = graph.reshape(context, graph.extent(context, 0), graph.extent(context, 1), WIDTH)
    return _conv1d(graph, context, WIDTH, WIDTH, gain=0.5)
