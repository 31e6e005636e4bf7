"""Quantised forms of the other models, made by onnxruntime's own tools with their defaults."""

import logging

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

CALIBRATION_COUNT = 8


class _Samples(CalibrationDataReader):
    def __init__(self, source, feeds):
        inputs = onnxruntime.InferenceSession(source, providers=["CPUExecutionProvider"]).get_inputs()
        random = np.random.default_rng(7)
        wanted = {value.name for value in inputs}
        values = (feeds(random) for _ in range(CALIBRATION_COUNT))
        self.values = iter([{name: array for name, array in value.items() if name in wanted} for value in values])

    def get_next(self):
        return next(self.values, None)


def dynamic(source, path):
    """Weights of 8 bits; activations are quantised by their range in each run."""
    logging.disable(logging.WARNING)
    quantize_dynamic(source, path, weight_type=QuantType.QInt8)


def static(source, path, feeds):
    """`QuantizeLinear` and `DequantizeLinear` around each operator, scales from calibration, one for each channel."""
    logging.disable(logging.WARNING)
    quantize_static(
        source, path, _Samples(source, feeds), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
    )  # fmt: skip
