"""The same cases through the reference converters: skl2onnx, onnxmltools and CatBoost's own exporter.

`Tests/sweep --peers` calls it, with the options below. `right` means the same as for mlpack, in onnxruntime alone;
what a converter throws is `refused`, because nothing in it tells what it does not support from where it fails.
"""

import argparse
import dataclasses
import functools
import json
import os
import pathlib
import re
import tempfile
import time
import warnings

import numpy as np
import onnx
import onnxruntime
import pandas as pd

import cases as sweep_cases
import judge
import report
import right
from comparing import Mismatch, compare
from draws import Draw
from families import FAMILIES
from feeding import CannotFeed, feeds

OPSETS = {"": 21, "ai.onnx.ml": 3}
#: The framework's methods by the names that converters give to outputs; the first one that there is counts.
NAMES = (
    (r"label|output_label", ("predict",)),
    (r"probabilit|output_probability", ("predict_proba",)),
    (r"scores?$", ("transform", "decision_function", "predict_proba")),
    (r"score_samples", ("score_samples",)),
    (r"variable|predictions?|target|.*", ("predict", "transform", "score_samples")),
)


class Refused(Exception):
    """The converter gives no model; the message is its own."""


def converted(trained, path):
    """Writes the model as the converter of its framework does."""
    try:
        if trained.framework == "CatBoost":
            trained.model.save_model(str(path), format="onnx")
            return
        model = _onnx(trained)
        for node in model.graph.node:
            if node.op_type == "StringNormalizer":
                _use_present_locale(node)
        path.write_bytes(model.SerializeToString())
    except Exception as error:
        raise Refused(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:160]) from None


def _onnx(trained):
    if trained.framework == "scikit-learn":
        import skl2onnx

        convert = functools.partial(skl2onnx.convert_sklearn, trained.model, target_opset=OPSETS)
        try:
            return convert(initial_types=_types(trained.train), options={"zipmap": False})
        except NameError:
            # Classes without the option say so by this error.
            return convert(initial_types=_types(trained.train))
    from onnxmltools.convert import convert_lightgbm, convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType

    types = [("X", FloatTensorType([None, np.shape(trained.train)[1]]))]
    if trained.framework == "XGBoost":
        return convert_xgboost(trained.model, initial_types=types, target_opset=15)
    return convert_lightgbm(trained.model, initial_types=types, target_opset=15, zipmap=False)


def _use_present_locale(node):
    """Onnxruntime takes `en_US` where a node names none, which bare systems do not have; lower case is the same."""
    kept = [attribute for attribute in node.attribute if attribute.name != "locale"]
    del node.attribute[:]
    node.attribute.extend([*kept, onnx.helper.make_attribute("locale", "C.UTF-8")])


def _types(train):
    """What skl2onnx is told of the inputs: a matrix, a vector of texts, or a column for each of a frame."""
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType

    if isinstance(train, pd.DataFrame):
        kinds = {"f": FloatTensorType, "i": Int64TensorType}
        return [(str(name), kinds.get(train[name].dtype.kind, StringTensorType)([None, 1])) for name in train.columns]
    if isinstance(train, list):
        return [("X", StringTensorType([None]))]
    kind = StringTensorType if train.dtype.kind in "OU" else FloatTensorType
    return [("X", kind([None, *train.shape[1:]]))]


def judged(case, seed):
    """Trains, converts, runs and compares one case."""
    result = judge.Result(case.id, case.family, case.kind)
    with tempfile.TemporaryDirectory(prefix="sweep-") as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with np.errstate(all="ignore"):
            try:
                trained = case.train(Draw(seed, case.id, case.index))
                expected = judge.predictions(trained.groups[0].methods)
            except Exception as error:
                result.note("untrained", str(error))
                return result
            try:
                path = pathlib.Path(name) / "model.onnx"
                converted(trained, path)
                _hold(path, trained.test, expected, result)
            except Refused as error:
                result.note("refused", str(error))
            except Mismatch as error:
                result.note("wrong", str(error))
            except (CannotFeed, Exception) as error:
                result.note("failed", f"{type(error).__name__}: {str(error)[:160]}")
    return result


def _hold(path, rows, expected, result):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = [(value.name, value.type, len(value.shape or ())) for value in session.get_inputs()]
    names = [output.name for output in session.get_outputs()]
    for name, value in zip(names, session.run(names, feeds(rows, inputs)), strict=True):
        method = _method(name, expected)
        if method is not None:
            compare("label" if _is_label(name) else name, value, expected[method])
            result.outputs.append(name)
    if not result.outputs:
        raise Mismatch(f"none of the outputs {', '.join(names)} has a method of the framework")


def _method(output, expected):
    for pattern, methods in NAMES:
        if re.match(pattern, output):
            return next((method for method in methods if method in expected), None)
    return None


def _is_label(output):
    return output.endswith("label")


def main():
    parser = argparse.ArgumentParser(prog="Tests/sweep --peers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--seed", type=int, default=right.SEED, help="of what is drawn")
    parser.add_argument("--only", metavar="REGEX", default="", help="cases whose id it matches")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write the results")
    parser.add_argument("--verbose", action="store_true", help="print a line for each case that is not right")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="cases at once")
    options = parser.parse_args()
    started = time.monotonic()
    listed = [case for kinds in FAMILIES for case in kinds.cases() if re.search(options.only, case.id)]
    results = []
    for result in sweep_cases.each(listed, lambda case: judged(case, options.seed), options.jobs):
        results.append(result)
        if options.verbose and result.outcome != "right":
            print(report.line(result), flush=True)
    print(
        f"{report.tables(results)}\n\n{len(results)} cases in {time.monotonic() - started:.0f} s, seed {options.seed}"
    )
    if options.json:
        options.json.write_text(json.dumps([dataclasses.asdict(result) for result in results], indent=1) + "\n")


if __name__ == "__main__":
    main()
