"""Judges a case: trains, saves, exports, runs in onnxruntime and in mlpack, compares with the framework."""

import contextlib
import dataclasses
import pathlib
import shutil
import tempfile
import time
import warnings

import numpy as np
import onnx
import onnxruntime

from comparing import Mismatch, compare, method_of, spoiled
from draws import Draw
from executable import NOT_OFFERED, Stopped
from feeding import CannotFeed, feeds

#: From best to worst; the outcome of a case is the worst that happened in it.
OUTCOMES = ("right", "refused", "failed", "differs", "wrong", "crashed", "untrained")
#: The metadata that name the source, in which two files of one model may differ.
_OF_THE_SOURCE = {"source_sha256", "source_format", "format", "framework_version"}


@dataclasses.dataclass
class Result:
    id: str
    family: str
    kind: str
    outcome: str = "right"
    message: str = ""
    #: The outcome of each format by its name.
    formats: dict = dataclasses.field(default_factory=dict)
    #: The outputs that were compared, and in how much time the case was judged.
    outputs: list = dataclasses.field(default_factory=list)
    seconds: float = 0.0

    def note(self, outcome, message):
        if OUTCOMES.index(outcome) > OUTCOMES.index(self.outcome):
            self.outcome, self.message = outcome, message


class Judge:
    def __init__(self, executable, seed, keep=None, spoils=False):
        self.executable = executable
        self.seed = seed
        self.keep = keep
        self.spoils = spoils
        self._options = onnxruntime.SessionOptions()
        self._options.intra_op_num_threads = 1
        self._options.log_severity_level = 4

    def judge(self, case):
        started = time.perf_counter()
        result = Result(case.id, case.family, case.kind)
        with tempfile.TemporaryDirectory(prefix="sweep-") as name, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            folder = pathlib.Path(name)
            with np.errstate(all="ignore"):
                try:
                    trained, expected = self._train(case, folder)
                except Exception as error:
                    result.note("untrained", f"{type(error).__name__}: {error}")
                    return result
                for number, (group, self._expected) in enumerate(zip(trained.groups, expected, strict=True)):
                    self._judge_group(number, group, trained.test, folder, result)
            if self.keep and result.outcome not in ("right", "refused"):
                self._keep(folder, result)
        result.seconds = time.perf_counter() - started
        return result

    def _train(self, case, folder):
        """All that the framework does: trains, predicts and saves. What it throws is no fault of the export."""
        trained = case.train(Draw(self.seed, case.id, case.index))
        expected = [predictions(group.methods) for group in trained.groups]
        if self.spoils:
            expected = [{method: spoiled(value) for method, value in values.items()} for values in expected]
        for number, group in enumerate(trained.groups):
            for file in group.files:
                file.write(_source(folder, number, file))
        return trained, expected

    def _judge_group(self, number, group, rows, folder, result):
        """The first file that is exported is run; the graphs of the others must be its own."""
        first, refusals = None, []
        for file in group.files:
            source = _source(folder, number, file)
            target = source.with_suffix(source.suffix + ".onnx")
            try:
                self.executable.export(source, target)
                graph = graph_bytes(target)
                if first is None or graph != first[1]:
                    self._run(target, rows, result)
                if first is not None and graph != first[1]:
                    raise Stopped("differs", f"the graph from {file.format} is not that from {first[0]}")
                first = first or (file.format, graph, source)
                result.formats[file.format] = "right"
            except (Stopped, Mismatch, CannotFeed) as error:
                outcome = _outcome(error)
                result.formats[file.format] = outcome
                if outcome == "refused":
                    refusals.append(str(error))
                else:
                    result.note(outcome, f"{file.format}: {error}")
        if first is None and refusals:
            result.note("refused", refusals[0])
        elif first is not None and self.executable.chooses_outputs:
            self._judge_chosen(first[2], rows, result)

    def _judge_chosen(self, source, rows, result):
        """Every method that the framework has here, asked for by `--outputs`; what is refused is no fault."""
        for method in self._expected:
            target = source.with_suffix(f".{method}.onnx")
            try:
                self.executable.export(source, target, "--outputs", method)
                outputs = self._run(target, rows, result)
                if method not in [method_of(name, self._expected) for name in outputs]:
                    raise Mismatch(f"none of the outputs {', '.join(outputs)} is of `{method}`")
            except (Stopped, Mismatch, CannotFeed) as error:
                if getattr(error, "code", None) not in NOT_OFFERED:
                    result.note(_outcome(error), f"--outputs {method}: {error}")

    def _run(self, path, rows, result):
        try:
            session = onnxruntime.InferenceSession(str(path), self._options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise Stopped("failed", f"onnxruntime does not load it: {str(error)[:300]}") from None
        inputs = [(value.name, value.type, len(value.shape or ())) for value in session.get_inputs()]
        values = feeds(rows, inputs)
        names = [output.name for output in session.get_outputs()]
        try:
            theirs = dict(zip(names, session.run(names, values), strict=True))
        except Exception as error:
            raise Stopped("failed", f"onnxruntime does not run it: {str(error)[:300]}") from None
        ours = self._engine(path, values)
        for name in names:
            self._compare(name, {"onnxruntime": theirs, "mlpack": ours}, result)
        return names

    def _engine(self, path, values):
        inputs, outputs = path.with_suffix(".inputs.npz"), path.with_suffix(".outputs.npz")
        arrays = {name: value.astype(np.str_) if value.dtype == object else value for name, value in values.items()}
        np.savez(inputs, **arrays)
        self.executable.run(path, inputs, outputs)
        with np.load(outputs) as loaded:
            return {name: loaded[name] for name in loaded.files}

    def _compare(self, output, runs, result):
        method = method_of(output, self._expected)
        if method is None:
            raise Mismatch(f"output `{output}` has no method of the framework to compare it with")
        errors = {}
        for runtime, values in runs.items():
            try:
                compare(output, values[output], self._expected[method])
            except Mismatch as error:
                errors[runtime] = str(error)
        if errors:
            raise Mismatch(f"in {' and '.join(errors)}, {next(iter(errors.values()))}")
        if output not in result.outputs:
            result.outputs.append(output)

    def _keep(self, folder, result):
        target = self.keep / result.id.replace("/", "-").replace(" ", "_")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target)
        arrays = {name: np.asarray(value) for name, value in self._expected.items() if not isinstance(value, list)}
        np.savez(target / "expected.npz", **arrays)
        (target / "message.txt").write_text(f"{result.id}\n{result.outcome}: {result.message}\n")


def _source(folder, number, file):
    return folder / f"{number}-{file.format}.{file.suffix}"


def _outcome(error):
    return getattr(error, "outcome", "wrong" if isinstance(error, Mismatch) else "failed")


def predictions(methods):
    """What the framework predicts, without what it has a method for and does not do."""
    predictions = {}
    for name, predict in methods.items():
        with contextlib.suppress(NotImplementedError):
            predictions[name] = predict()
    return predictions


def graph_bytes(path):
    """A model without what names the file that it came from."""
    model = onnx.load(path)
    kept = [entry for entry in model.metadata_props if entry.key not in _OF_THE_SOURCE]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    model.doc_string = ""
    return model.SerializeToString(deterministic=True)
