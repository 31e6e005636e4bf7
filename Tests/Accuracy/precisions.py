"""A model in each precision: by mlpack, and where it is a file of its own by onnxruntime too."""

import dataclasses
import subprocess

import numpy as np
import onnxruntime

BF16, INT8 = "mlpack --precision bf16", "mlpack --precision int8"
QUANTIZED, QUANTIZED_PEER = "mlpack quantize", "mlpack quantize, run by onnxruntime"


@dataclasses.dataclass(frozen=True)
class Row:
    model: str
    measure: str
    precision: str
    reference: float
    value: float
    #: How much may be lost.
    bound: float
    digits: int

    @property
    def lost(self):
        return self.reference - self.value

    @property
    def passes(self):
        return self.lost <= self.bound

    @property
    def _cells(self):
        numbers = (self.reference, self.value, self.lost, self.bound)
        return [f"{number:.{self.digits}f}" for number in numbers]

    @property
    def text(self):
        reference, value, lost, bound = self._cells
        return f"{self.model:24} {self.precision:36} {self.measure} {value}, lost {lost} of {reference} (bound {bound})"

    @property
    def markdown(self):
        reference, value, lost, bound = self._cells
        return f"| {self.model} | {self.measure} | {reference} | {self.precision} | {value} | {lost} | {bound} |"


class Executable:
    def __init__(self, path, folder):
        self.path, self.folder = path, folder

    def _call(self, *arguments):
        subprocess.run([self.path, *map(str, arguments)], check=True, capture_output=True)

    def run(self, model, feeds, *arguments):
        """The outputs of a model."""
        inputs, outputs = self.folder / "inputs.npz", self.folder / "outputs.npz"
        np.savez(inputs, **feeds)
        self._call("run", model, "--input", inputs, "--output", outputs, *arguments)
        with np.load(outputs) as arrays:
            return {name: arrays[name] for name in arrays.files}

    def quantize(self, model, feeds):
        """The path of the model with numbers of 8 bits, calibrated by these values."""
        values, path = self.folder / "calibration.npz", model.with_suffix(".int8.onnx")
        np.savez(values, **feeds)
        self._call("quantize", model, "--calibrate", values, "-o", path)
        return path


def onnxruntime_outputs(model, feeds):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return dict(zip([output.name for output in session.get_outputs()], session.run(None, feeds)))


def outputs(mlpack, model, feeds, calibration):
    """By name: the outputs of a model as onnxruntime has them in float, and in each precision."""
    quantized = mlpack.quantize(model, calibration)
    return onnxruntime_outputs(model, feeds), {
        BF16: mlpack.run(model, feeds, "--precision", "bf16"),
        INT8: mlpack.run(model, feeds, "--precision", "int8"),
        QUANTIZED: mlpack.run(quantized, feeds),
        QUANTIZED_PEER: onnxruntime_outputs(quantized, feeds),
    }
