"""Perceptrons of several layers, single products, and the model of one node that measures a runtime's call."""

from graph import Graph

WIDTHS = {"mlp-small": (30, 64, 32, 3), "mlp": (128, 256, 128, 10), "mlp-wide": (784, 1024, 1024, 10)}


def build(name, path):
    widths = WIDTHS[name]
    graph = Graph(name)
    x = graph.input("input", ["batch", widths[0]])
    for layer, (width, outputs) in enumerate(zip(widths, widths[1:])):
        x = graph.gemm(x, width, outputs, gain=2**0.5)
        x = graph.node("Relu", x) if layer < len(widths) - 2 else graph.node("Softmax", x, axis=-1)
    graph.output(x, "output", ["batch", widths[-1]])
    graph.save(path)


def product(inner, outputs, path):
    graph = Graph(f"gemm-{inner}x{outputs}")
    x = graph.input("input", ["batch", inner])
    y = graph.node("MatMul", x, graph.weight(inner, outputs, scale=inner**-0.5))
    graph.output(y, "output", ["batch", outputs])
    graph.save(path)


def tiny(path):
    graph = Graph("tiny")
    graph.output(graph.node("Neg", graph.input("input", [1])), "output", [1])
    graph.save(path)
