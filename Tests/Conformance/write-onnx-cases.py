#!/usr/bin/env python3
"""Writes the backend tests of the installed `onnx` package into the layout that `mlpack conformance` reads.

    write-onnx-cases.py FOLDER

FOLDER gets `node`, `simple`, `pytorch-converted`, `pytorch-operator` and `light`. A case is a folder with `model.onnx`,
`test_data_set_<n>/{input,output}_<i>.pb` and, where the case states another tolerance than rtol 1e-3 and atol 1e-7,
`tolerance.txt`. The light models come without inputs: theirs are seeded here, and the outputs are onnxruntime's.

Cases whose outputs are random get `random.txt`, which says `seeded` or `unseeded` and why, and beside their outputs
`mean_<i>.pb` and `deviation_<i>.pb`: what each element is on average, and how far it strays.
"""

import pathlib
import shutil
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

DATA = pathlib.Path(onnx.__file__).parent / "backend/test/data"
SEED = 20261124


def bernoulli(inputs, outputs):
    (x,) = inputs
    return [(x, np.sqrt(x * (1 - x)))]


def bernoulli_function(inputs, outputs):
    """The function of the standard compares the other way round: it draws a one where its number is greater."""
    return bernoulli([1 - inputs[0]], outputs)


def dropout(inputs, outputs):
    x = inputs[0]
    ratio = float(inputs[1]) if len(inputs) > 1 and inputs[1].size else 0.5
    mask = np.full(x.shape, 1 - ratio)
    statistics = [(x, np.abs(x) * np.sqrt(ratio / (1 - ratio))), (mask, np.sqrt(mask * (1 - mask)))]
    return statistics[: len(outputs)]


# The cases with random outputs: whether the node has a seed, and what its outputs are on average.
DRAWS = "the outputs are draws of NumPy's generator, which the standard does not ask for"
RANDOM = {
    "test_bernoulli": ("unseeded", bernoulli),
    "test_bernoulli_expanded": ("unseeded", bernoulli_function),
    "test_bernoulli_double": ("unseeded", bernoulli),
    "test_bernoulli_double_expanded": ("unseeded", bernoulli_function),
    "test_bernoulli_seed": ("seeded", bernoulli),
    "test_bernoulli_seed_expanded": ("seeded", bernoulli_function),
    "test_training_dropout": ("seeded", dropout),
    "test_training_dropout_default": ("seeded", dropout),
    "test_training_dropout_default_mask": ("seeded", dropout),
    "test_training_dropout_mask": ("seeded", dropout),
}


def proto(value, info):
    """A value as the message that its declared type asks for."""
    if isinstance(value, (onnx.TensorProto, onnx.SequenceProto, onnx.OptionalProto)):
        return value
    kind = info.type.WhichOneof("value")
    if kind == "map_type":
        return numpy_helper.from_dict(value, info.name)
    if kind == "sequence_type":
        if info.type.sequence_type.elem_type.WhichOneof("value") == "map_type":
            elements = [numpy_helper.from_dict(element, "") for element in value]
            return onnx.SequenceProto(name=info.name, elem_type=onnx.SequenceProto.MAP, map_values=elements)
        return numpy_helper.from_list(value, info.name)
    if kind == "optional_type":
        return numpy_helper.from_optional(value, info.name)
    tensor = numpy_helper.from_array(np.asarray(value), info.name)
    wanted = info.type.tensor_type.elem_type
    if wanted not in (tensor.data_type, onnx.TensorProto.UNDEFINED):
        raise ValueError(f"{info.name}: the data has type {tensor.data_type}, expected {wanted}")
    return tensor


def write_values(folder, kind, values, infos):
    for index, (value, info) in enumerate(zip(values, infos)):
        (folder / f"{kind}_{index}.pb").write_bytes(proto(value, info).SerializeToString(deterministic=True))


def write_node_cases(target):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.random.seed(SEED)
        cases = collect_testcases(None)
    for case in cases:
        folder = target / case.name
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_bytes(case.model.SerializeToString(deterministic=True))
        if (case.rtol, case.atol) != (1e-3, 1e-7):
            (folder / "tolerance.txt").write_text(f"rtol {case.rtol}\natol {case.atol}\n")
        for index, (inputs, outputs) in enumerate(case.data_sets):
            data = folder / f"test_data_set_{index}"
            data.mkdir()
            write_values(data, "input", inputs, case.model.graph.input)
            write_values(data, "output", outputs, case.model.graph.output)
            if case.name in RANDOM:
                write_statistics(folder, data, RANDOM[case.name], inputs, outputs)
    return len(cases)


def write_statistics(folder, data, kind, inputs, outputs):
    seeding, statistics = kind
    (folder / "random.txt").write_text(f"{seeding}\n{DRAWS}\n")
    for index, (mean, deviation) in enumerate(statistics(inputs, outputs)):
        for name, values in (("mean", mean), ("deviation", deviation)):
            tensor = numpy_helper.from_array(np.asarray(values, np.float64), name)
            (data / f"{name}_{index}.pb").write_bytes(tensor.SerializeToString(deterministic=True))


def write_light_models(target):
    models = sorted((DATA / "light").glob("*.onnx"))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    for path in models:
        model = onnx.load(path)
        initializers = {initializer.name for initializer in model.graph.initializer}
        random = np.random.default_rng(SEED)
        infos = [info for info in model.graph.input if info.name not in initializers]
        inputs = []
        for info in infos:
            shape = [dimension.dim_value for dimension in info.type.tensor_type.shape.dim]
            inputs.append(random.random(shape, dtype=np.float32))
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        outputs = session.run(None, {info.name: value for info, value in zip(infos, inputs)})
        folder = target / path.stem / "test_data_set_0"
        folder.mkdir(parents=True)
        shutil.copy(path, folder.parent / "model.onnx")
        # The inputs are numbered among all inputs of the graph, and the initializers are among those.
        for index, info in enumerate(model.graph.input):
            if info in infos:
                tensor = numpy_helper.from_array(inputs[infos.index(info)], info.name)
                (folder / f"input_{index}.pb").write_bytes(tensor.SerializeToString(deterministic=True))
        write_values(folder, "output", outputs, model.graph.output)
    return len(models)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    print(f"node: {write_node_cases(target / 'node')} cases")
    for name in ("simple", "pytorch-converted", "pytorch-operator"):
        shutil.copytree(DATA / name, target / name)
        print(f"{name}: {len(list((target / name).iterdir()))} cases")
    print(f"light: {write_light_models(target / 'light')} cases")


if __name__ == "__main__":
    main()
