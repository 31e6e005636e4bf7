"""A classifier of sequences: two layers of LSTM and a product."""

from graph import Graph

FEATURES, HIDDEN, CLASSES = 64, 256, 10


def build(path):
    graph = Graph("lstm")
    x = graph.input("input", ["sequence", "batch", FEATURES])
    width = FEATURES
    for _ in range(2):
        scale = HIDDEN**-0.5
        weights = (
            graph.weight(1, 4 * HIDDEN, width, scale=scale),
            graph.weight(1, 4 * HIDDEN, HIDDEN, scale=scale),
            graph.weight(1, 8 * HIDDEN, scale=0.05),
        )
        y, last, _ = graph.node("LSTM", x, *weights, outputs=3, hidden_size=HIDDEN)
        x, width = graph.node("Squeeze", y, graph.constant([1])), HIDDEN
    last = graph.node("Squeeze", last, graph.constant([0]))
    graph.output(graph.gemm(last, HIDDEN, CLASSES), "output", ["batch", CLASSES])
    graph.save(path)
