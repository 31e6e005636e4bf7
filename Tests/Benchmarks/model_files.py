"""Models and inputs as files in .build/benchmarks, kept for as long as what makes them stays the same."""

import hashlib
import os
import pathlib

import numpy as np
import onnx

from runtimes import Prepared

SCRIPTS = pathlib.Path(__file__).parent
FOLDER = pathlib.Path(".build/benchmarks")
SEED = 20261124


def model_path(model):
    """The model's file, built where it is not there yet."""
    folder = FOLDER / "models"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{model.name}-{_digest(model)}.onnx"
    if not path.exists():
        sources = [str(model_path(source)) for source in model.sources]
        for old in folder.glob(f"{model.name}-????????????.*"):
            old.unlink()
        partial = folder / f".{path.name}"
        model.build(*sources, str(partial))
        for written in folder.glob(f".{path.stem}.*"):
            os.replace(written, folder / written.name.removeprefix("."))
    return path


def prepared(case, precision="fp32"):
    """The case with its files written."""
    path = model_path(case.model)
    feeds = case.feeds(np.random.default_rng(SEED))
    inputs = FOLDER / "inputs" / (case.name.replace("/", "-") + ".npz")
    inputs.parent.mkdir(parents=True, exist_ok=True)
    np.savez(inputs, **feeds)
    return Prepared(case.name, path, inputs, feeds, _symbols(path, feeds), precision)


def _symbols(path, feeds):
    extents = {}
    for info in onnx.load(path).graph.input:
        for dimension, extent in zip(info.type.tensor_type.shape.dim, feeds[info.name].shape):
            if dimension.dim_param:
                extents[dimension.dim_param] = extent
    return extents


def _digest(model):
    text = b"".join(path.read_bytes() for path in (SCRIPTS / "graph.py", SCRIPTS / "requirements.txt"))
    for part in (model, *model.sources):
        text += pathlib.Path(part.module.__file__).read_bytes()
    return hashlib.sha256(text).hexdigest()[:12]
