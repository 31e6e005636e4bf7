"""Encoders in the shapes of MiniLM and BERT-base, as PyTorch exports them.

`spelled`: attention, LayerNorm and GELU spelled out in small operators, shapes computed in the graph. `opset17`:
`LayerNormalization`, shapes that copy extents by 0, queries and keys scaled before their product.
"""

import numpy as np

from graph import INT64, Graph

VOCABULARY, POSITIONS = 30522, 512
SIZES = {"minilm": (6, 384, 12, 1536), "bert": (12, 768, 12, 3072)}


def build(name, variant, path):
    layers, width, heads, hidden = SIZES[name]
    graph = Graph(f"{name}-{variant}")
    ids, mask, types = (
        graph.input(input, ["batch", "sequence"], INT64) for input in ("input_ids", "attention_mask", "token_type_ids")
    )
    spelled = variant == "spelled"
    norm = graph.layer_norm_spelled if spelled else graph.layer_norm
    attention = _spelled_attention if spelled else _attention
    x = norm(_embeddings(graph, ids, types, width), width)
    bias = _mask(graph, mask)
    for _ in range(layers):
        context = graph.linear(attention(graph, x, bias, width, heads), width, width)
        x = norm(graph.node("Add", context, x), width)
        inner = graph.gelu_erf(graph.linear(x, width, hidden))
        x = norm(graph.node("Add", graph.linear(inner, hidden, width), x), width)
    graph.output(x, "last_hidden_state", ["batch", "sequence", width])
    if name == "bert":
        first = graph.node("Gather", x, graph.constant(0), axis=1)
        graph.output(graph.node("Tanh", graph.gemm(first, width, width)), "pooler_output", ["batch", width])
    graph.save(path)


def feeds(random, batch, sequence):
    """Tokens, and a mask that ends a little earlier in each row but the first."""
    mask = np.ones((batch, sequence), np.int64)
    for row in range(1, batch):
        mask[row, sequence - row % (sequence // 4) :] = 0
    return {
        "input_ids": random.integers(1, VOCABULARY, (batch, sequence)),
        "attention_mask": mask,
        "token_type_ids": np.zeros((batch, sequence), np.int64),
    }


def _embeddings(graph, ids, types, width):
    words = graph.node("Gather", graph.weight(VOCABULARY, width, scale=0.5), ids)
    kinds = graph.node("Gather", graph.weight(2, width, scale=0.1), types)
    length = graph.extent(ids, 1)
    known = graph.constant(np.arange(POSITIONS, dtype=np.int64)[None])
    ends = (graph.constant([0]), length, graph.constant([1]), graph.constant([1]))
    places = graph.node("Gather", graph.weight(POSITIONS, width, scale=0.1), graph.node("Slice", known, *ends))
    return graph.node("Add", graph.node("Add", words, kinds), places)


def _mask(graph, mask):
    """0 where a token counts, and the least float where it does not."""
    wide = graph.node("Unsqueeze", graph.node("Unsqueeze", mask, graph.constant([1])), graph.constant([2]))
    gone = graph.node("Sub", graph.constant(1.0), graph.node("Cast", wide, to=1))
    return graph.node("Mul", gone, graph.constant(float(np.finfo(np.float32).min)))


def _spelled_attention(graph, x, bias, width, heads):
    size = width // heads

    def split(value, order):
        value = graph.reshape(value, graph.extent(value, 0), graph.extent(value, 1), heads, size)
        return graph.node("Transpose", value, perm=order)

    query = split(graph.linear(x, width, width), [0, 2, 1, 3])
    key = split(graph.linear(x, width, width), [0, 2, 3, 1])
    value = split(graph.linear(x, width, width), [0, 2, 1, 3])
    scores = graph.node("Div", graph.node("MatMul", query, key), graph.constant(size**0.5))
    weights = graph.node("Softmax", graph.node("Add", scores, bias), axis=-1)
    context = graph.node("Transpose", graph.node("MatMul", weights, value), perm=[0, 2, 1, 3])
    return graph.reshape(context, graph.extent(context, 0), graph.extent(context, 1), width)


def _attention(graph, x, bias, width, heads):
    size = width // heads
    shape, scale = graph.constant([0, 0, heads, size]), graph.constant(size**-0.25)

    def split(order):
        return graph.node("Transpose", graph.node("Reshape", graph.linear(x, width, width), shape), perm=order)

    query = graph.node("Mul", split([0, 2, 1, 3]), scale)
    key = graph.node("Mul", split([0, 2, 3, 1]), scale)
    value = split([0, 2, 1, 3])
    weights = graph.node("Softmax", graph.node("Add", graph.node("MatMul", query, key), bias), axis=-1)
    context = graph.node("Transpose", graph.node("MatMul", weights, value), perm=[0, 2, 1, 3])
    return graph.node("Reshape", context, graph.constant([0, 0, width]))
