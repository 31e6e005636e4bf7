"""ViT-tiny: patches of 16, 12 layers of width 192 with 3 heads, queries, keys and values by one product."""

from graph import Graph

LAYERS, WIDTH, HEADS, TOKENS = 12, 192, 3, 197
SIZE = WIDTH // HEADS


def build(path):
    graph = Graph("vit-tiny")
    image = graph.input("input", ["batch", 3, 224, 224])
    weight = graph.weight(WIDTH, 3, 16, 16, scale=768**-0.5)
    x = graph.node("Conv", image, weight, graph.weight(WIDTH, scale=0.02), kernel_shape=[16, 16], strides=[16, 16])
    x = graph.node("Transpose", graph.node("Reshape", x, graph.constant([0, WIDTH, -1])), perm=[0, 2, 1])
    shape = graph.node("Concat", graph.extent(x, 0), graph.constant([-1]), graph.constant([-1]), axis=0)
    token = graph.node("Expand", graph.weight(1, 1, WIDTH, scale=0.5), _ones_for_minus_one(graph, shape))
    x = graph.node("Add", graph.node("Concat", token, x, axis=1), graph.weight(1, TOKENS, WIDTH, scale=0.1))
    for _ in range(LAYERS):
        x = graph.node("Add", x, _attention(graph, graph.layer_norm(x, WIDTH, 1e-6)))
        inner = graph.gelu_erf(graph.linear(graph.layer_norm(x, WIDTH, 1e-6), WIDTH, 4 * WIDTH))
        x = graph.node("Add", x, graph.linear(inner, 4 * WIDTH, WIDTH, gain=0.5))
    first = graph.node("Gather", graph.layer_norm(x, WIDTH, 1e-6), graph.constant(0), axis=1)
    graph.output(graph.gemm(first, WIDTH, 1000), "output", ["batch", 1000])
    graph.save(path)


def _ones_for_minus_one(graph, shape):
    """PyTorch's export of `expand`: -1 keeps an extent, which 1 does in ONNX."""
    kept = graph.node("Equal", shape, graph.constant([-1]))
    return graph.node("Where", kept, graph.constant([1, 1, 1]), shape)


def _attention(graph, x):
    joined = graph.node("Reshape", graph.linear(x, WIDTH, 3 * WIDTH), graph.constant([0, TOKENS, 3, HEADS, SIZE]))
    parts = graph.node("Split", graph.node("Transpose", joined, perm=[2, 0, 3, 1, 4]), outputs=3, axis=0)
    query, key, value = (graph.node("Squeeze", part, graph.constant([0])) for part in parts)
    query = graph.node("Mul", query, graph.constant(SIZE**-0.5))
    scores = graph.node("MatMul", query, graph.node("Transpose", key, perm=[0, 1, 3, 2]))
    context = graph.node("MatMul", graph.node("Softmax", scores, axis=-1), value)
    context = graph.node("Transpose", context, perm=[0, 2, 1, 3])
    return graph.linear(graph.node("Reshape", context, graph.constant([0, TOKENS, WIDTH])), WIDTH, WIDTH, gain=0.5)
