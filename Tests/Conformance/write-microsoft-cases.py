#!/usr/bin/env python3
"""Writes cases for the operators of ONNX Runtime's own domain into the layout that `mlpack conformance` reads.

    write-microsoft-cases.py FOLDER

A case is a folder with `model.onnx`, `test_data_set_0/{input,output}_<i>.pb` and, where it states another tolerance than
rtol 1e-3 and atol 1e-7, `tolerance.txt`. The modules of `microsoft` make the models and their inputs, each with a seed
that its name gives; the outputs are those of onnxruntime's CPU provider.
"""

import importlib
import pathlib
import shutil
import sys

import onnxruntime

RUNTIME_VERSION = "1.32.0"
MODULES = ("transformers", "fused", "text")


def write(case, target):
    folder = target / case.name
    data = folder / "test_data_set_0"
    data.mkdir(parents=True)
    outputs = case.expected()
    (folder / "model.onnx").write_bytes(case.model(outputs).SerializeToString(deterministic=True))
    if case.tolerance:
        relative, absolute = case.tolerance
        (folder / "tolerance.txt").write_text(f"rtol {relative}\natol {absolute}\n")
    for kind, values in (("input", case.input_protos()), ("output", outputs)):
        for index, value in enumerate(values):
            (data / f"{kind}_{index}.pb").write_bytes(value.SerializeToString(deterministic=True))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if onnxruntime.__version__ != RUNTIME_VERSION:
        sys.exit(f"error: `onnxruntime` has version {onnxruntime.__version__}, expected {RUNTIME_VERSION}")
    # A kernel that ONNX Runtime refuses is reported by the exception; its log says the same again.
    onnxruntime.set_default_logger_severity(4)
    here = pathlib.Path(__file__).parent
    sys.path.insert(0, str(here))
    target = pathlib.Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    for name in MODULES:
        cases = importlib.import_module(f"microsoft.{name}").cases()
        for case in cases:
            write(case, target)
        print(f"{name}: {len(cases)} cases")


if __name__ == "__main__":
    main()
