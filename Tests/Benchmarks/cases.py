"""The list of what is measured: a model, who builds it, and the values that it runs on."""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np

from models import convolutional, decoder, encoder, light, perceptron, quantized, recurrent, trees, vision_transformer


@dataclasses.dataclass(frozen=True)
class Model:
    name: str
    #: The module of `models` whose text decides whether a model that exists is current.
    module: object
    #: Called with the path of the file to write, after the paths of the models in `sources`.
    build: Callable
    sources: tuple["Model", ...] = ()


@dataclasses.dataclass(frozen=True)
class Case:
    #: The model's name and what it runs on, as in `resnet50/b8`.
    name: str
    model: Model
    feeds: Callable[[np.random.Generator], dict[str, np.ndarray]]


def _image(name, batch):
    return lambda random: {name: random.random((batch, 3, 224, 224), dtype=np.float32)}


def _rows(width, batch):
    return lambda random: {"input": random.standard_normal((batch, width), dtype=np.float32)}


def _steps(batch, length):
    return lambda random: {"input": random.standard_normal((length, batch, recurrent.FEATURES), dtype=np.float32)}


def _tokens(batch, length):
    return lambda random: encoder.feeds(random, batch, length)


def _step(batch, past):
    return lambda random: decoder.feeds(random, batch, past)


def _tree_rows(batch):
    return lambda random: trees.feeds(random, batch)


TINY = Case("tiny/b1", Model("tiny", perceptron, perceptron.tiny), lambda random: {"input": np.ones(1, np.float32)})
TINY_TREES = Case("tiny-trees/b1", Model("tiny-trees", trees, functools.partial(trees.boosted, 1)), _tree_rows(1))


def _light():
    for name in light.NAMES:
        model = Model(f"light-{name}", light, functools.partial(light.build, name))
        input_name, _ = light.input_shape(name)
        yield Case(f"{model.name}/b1", model, _image(input_name, 1))


def _convolutional():
    mobilenet = Model("mobilenetv2", convolutional, convolutional.mobilenetv2)
    resnet = Model("resnet50", convolutional, convolutional.resnet50)
    for model, batches in ((mobilenet, (1, 8, 64)), (resnet, (1, 8))):
        for batch in batches:
            yield Case(f"{model.name}/b{batch}", model, _image("input", batch))
    static = functools.partial(quantized.static, feeds=_image("input", 1))
    for form, build, batches in (("dynamic", quantized.dynamic, (1,)), ("qdq", static, (1, 8))):
        model = Model(f"resnet50-{form}", quantized, build, (resnet,))
        for batch in batches:
            yield Case(f"{model.name}/b{batch}", model, _image("input", batch))


def _encoders():
    shapes = {
        "minilm": ((1, 32), (1, 128), (1, 512), (8, 32), (8, 128), (64, 32), (64, 128)),
        "bert": ((1, 32), (1, 128), (1, 512), (8, 32), (8, 128)),
    }
    for name, runs in shapes.items():
        for variant in ("spelled", "opset17"):
            model = Model(f"{name}-{variant}", encoder, functools.partial(encoder.build, name, variant))
            for batch, length in runs:
                yield Case(f"{model.name}/b{batch}s{length}", model, _tokens(batch, length))
    source = Model("minilm-opset17", encoder, functools.partial(encoder.build, "minilm", "opset17"))
    static = functools.partial(quantized.static, feeds=_tokens(1, 128))
    for form, build in (("dynamic", quantized.dynamic), ("qdq", static)):
        for batch, length in ((1, 32), (1, 128), (8, 32), (8, 128)):
            model = Model(f"minilm-{form}", quantized, build, (source,))
            yield Case(f"{model.name}/b{batch}s{length}", model, _tokens(batch, length))


def _others():
    model = Model("gpt2-step", decoder, decoder.build)
    for batch, past in ((1, 32), (1, 128), (1, 512), (8, 128)):
        yield Case(f"gpt2-step/b{batch}p{past}", model, _step(batch, past))
    model = Model("vit-tiny", vision_transformer, vision_transformer.build)
    for batch in (1, 8, 64):
        yield Case(f"vit-tiny/b{batch}", model, _image("input", batch))
    model = Model("lstm", recurrent, recurrent.build)
    for batch, length in ((1, 32), (1, 128), (8, 128), (64, 128)):
        yield Case(f"lstm/b{batch}s{length}", model, _steps(batch, length))


def _perceptrons():
    for name, widths in perceptron.WIDTHS.items():
        model = Model(name, perceptron, functools.partial(perceptron.build, name))
        for batch in (1, 8, 64, 1024):
            yield Case(f"{name}/b{batch}", model, _rows(widths[0], batch))
    static = functools.partial(quantized.static, feeds=_rows(perceptron.WIDTHS["mlp-wide"][0], 64))
    for form, build in (("dynamic", quantized.dynamic), ("qdq", static)):
        for batch in (1, 8, 64):
            wide = Model(f"mlp-wide-{form}", quantized, build, (model,))
            yield Case(f"{wide.name}/b{batch}", wide, _rows(widths[0], batch))


def _products():
    for rows, outputs, inner in (
        (1, 1024, 1024), (8, 768, 768), (32, 384, 1536), (128, 768, 3072), (512, 512, 512), (1024, 1024, 1024),
        (3136, 64, 576),
    ):  # fmt: skip
        model = Model(f"gemm-{inner}x{outputs}", perceptron, functools.partial(perceptron.product, inner, outputs))
        yield Case(f"gemm/{rows}x{outputs}x{inner}", model, _rows(inner, rows))


def _trees():
    kinds = [("forest", trees.forest, (100, 500)), ("boosted", trees.boosted, (100, 500, 1000)),
             ("leafwise", trees.leafwise, (500,))]  # fmt: skip
    for kind, build, counts in kinds:
        for count in counts:
            model = Model(f"{kind}-{count}", trees, functools.partial(build, count))
            for batch in (1, 100, 10000):
                yield Case(f"{model.name}/b{batch}", model, _tree_rows(batch))


CASES = [
    *_convolutional(),
    *_encoders(),
    *_light(),
    *_others(),
    *_perceptrons(),
    *_products(),
    *_trees(),
]
