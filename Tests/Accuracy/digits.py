"""Classifiers of scikit-learn's digits: their weights as ONNX, and how many digits they still know."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from graph import Graph
from precisions import BF16, Row, onnxruntime_outputs, outputs

SEED = 7


def rows(mlpack, folder):
    images, labels = load_digits(return_X_y=True)
    split = train_test_split(
        (images / 16).astype(np.float32), labels, test_size=0.5, random_state=SEED, stratify=labels
    )
    for name, build in (("digits perceptron", perceptron), ("digits convolutions", convolutions)):
        train, test, train_labels, test_labels = split
        path = folder / f"{name.replace(' ', '-')}.onnx"
        shape = build(path, train, train_labels)
        feeds, calibration = {"x": test.reshape(-1, *shape)}, {"x": train[:256].reshape(-1, *shape)}
        reference, others = outputs(mlpack, path, feeds, calibration)

        def known(values):
            return float(np.mean(values["scores"].argmax(axis=1) == test_labels) * 100)

        for precision, values in others.items():
            bound = 0.5 if precision == BF16 else 1.0
            yield Row(name, "percent known", precision, known(reference), known(values), bound, 2)


def perceptron(path, train, labels):
    classifier = MLPClassifier((128, 64), random_state=SEED, max_iter=300).fit(train, labels)
    graph = Graph("digits-perceptron")
    value = graph.input("x", ["batch", 64])
    for index, (weight, bias) in enumerate(zip(classifier.coefs_, classifier.intercepts_)):
        if index > 0:
            value = graph.node("Relu", value)
        value = graph.node("Gemm", value, graph.constant(weight), graph.constant(bias))
    graph.output(value, "scores", ["batch", 10])
    graph.save(path)
    return (64,)


def convolutions(path, train, labels):
    """Two convolutions with random filters, and a linear classifier trained on what they see."""
    features = Graph("features", seed=SEED)
    seen = _features(features)
    features.output(seen, "features", ["batch", 64 * 16])
    features.save(path)
    values = onnxruntime_outputs(path, {"x": train.reshape(-1, 1, 8, 8)})["features"]
    classifier = LogisticRegression(C=0.1, max_iter=2000).fit(values, labels)
    graph = Graph("digits-convolutions", seed=SEED)
    scores = graph.node("Gemm", _features(graph), graph.constant(classifier.coef_.T), graph.constant(classifier.intercept_))
    graph.output(scores, "scores", ["batch", 10])
    graph.save(path)
    return (1, 8, 8)


def _features(graph):
    value = graph.input("x", ["batch", 1, 8, 8])
    value = graph.node("Relu", graph.conv(value, 1, 32, 3))
    value = graph.node("Relu", graph.conv(value, 32, 64, 3))
    value = graph.node("MaxPool", value, kernel_shape=[2, 2], strides=[2, 2])
    return graph.node("Flatten", value)
