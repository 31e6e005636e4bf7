"""The floating-point operations of a run, counted from the shapes of products and convolutions."""

import json
import math
import pathlib

import onnxruntime

COUNTED = {
    "Conv", "ConvInteger", "FusedConv", "FusedMatMul", "Gemm", "LSTM", "MatMul", "MatMulInteger", "QLinearConv",
    "QLinearMatMul",
}  # fmt: skip


def count(path, feeds):
    """Two for each multiplication with its addition, in the model as it is written; 0 for a model without any.

    onnxruntime runs the model once without optimising it, and its profile says the shapes.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.enable_profiling = True
    options.profile_file_prefix = str(pathlib.Path(path).with_suffix(""))
    options.log_severity_level = 3
    # Weights that are packed ahead are not in the profile.
    options.add_session_config_entry("session.disable_prepacking", "1")
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    session.run(None, feeds)
    profile = pathlib.Path(session.end_profiling())
    try:
        events = json.loads(profile.read_text())
    finally:
        profile.unlink()
    operations = 0
    for event in events:
        arguments = event.get("args", {})
        if arguments.get("op_name") in COUNTED and event["name"].endswith("_kernel_time"):
            inputs, outputs = (_shapes(arguments[key]) for key in ("input_type_shape", "output_type_shape"))
            operations += _operations(arguments["op_name"], inputs, outputs)
    return operations


def _shapes(values):
    return [shape for value in values for shape in value.values()]


def _operations(operator, inputs, outputs):
    if operator == "LSTM":
        (steps, batch, width), (directions, gates, hidden) = inputs[0], inputs[2]
        return 2 * steps * batch * directions * gates * (width + hidden)
    if operator in ("Conv", "ConvInteger", "FusedConv"):
        return 2 * math.prod(outputs[0]) * math.prod(inputs[1][1:])
    if operator == "QLinearConv":
        return 2 * math.prod(outputs[0]) * math.prod(inputs[3][1:])
    if operator == "Gemm":
        return 2 * math.prod(outputs[0]) * (math.prod(inputs[0]) // outputs[0][0])
    return 2 * math.prod(outputs[0]) * inputs[0][-1]
