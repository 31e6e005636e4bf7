#!/usr/bin/env python3
"""Writes random graphs with what onnxruntime computes for them, in the layout that `mlpack conformance` reads.

    write-cases.py FOLDER COUNT SEED

onnxruntime may end the process on a node that it does not expect, or wait forever, so the graphs are made in a child
process with a time limit for each; where it ends, the next one goes on behind the graph that ended it.
"""

import os
import pathlib
import signal
import sys
import warnings

import numpy as np
import onnxruntime
from onnx import helper, numpy_helper

from graphs import GraphMaker

LARGEST = 1 << 16
SECONDS = 30


def session(model):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def is_too_long(flags, extents):
    """Whether a window does not fit an axis: onnxruntime divides what is missing towards zero, and goes on."""
    kernel, count = flags["kernel_shape"].ints, len(extents)
    dilations = flags["dilations"].ints if "dilations" in flags else [1] * count
    pads = flags["pads"].ints if "pads" in flags else [0] * 2 * count
    return any(extents[axis] + pads[axis] + pads[axis + count] < (kernel[axis] - 1) * dilations[axis] + 1
               for axis in range(min(count, len(kernel))))


def is_disputed(node, fed):
    """Whether the standard leaves open what comes of a node, or onnxruntime is known to do otherwise."""
    arrays = list(fed.values())
    first = fed.get(node.input[0]) if node.input else None
    has_special = any(array.dtype.kind == "f" and not np.all(np.isfinite(array)) for array in arrays)
    flags = {attribute.name: attribute for attribute in node.attribute}
    match node.op_type:
        # The standard asks for no row of coordinates, onnxruntime gives one.
        case "NonZero": return first.ndim == 0
        # Overflow of integers, and what becomes of fractions, infinities and NaN under them.
        case "Pow":
            exponents = fed[node.input[1]]
            whole = exponents == np.round(exponents)
            return has_special or first.dtype.kind in "iu" and not np.all(whole & (exponents >= 0) & (exponents <= 3))
        case "Shrink" | "Erf": return first.dtype.kind in "iu"
        # The standard's function adds an epsilon to a deviation of zero, onnxruntime divides by it.
        case "MeanVarianceNormalization": return True
        # onnxruntime repeats parts of strings that it has moved away.
        case "Gather": return first.dtype == object
        # Extents of another count than the axes, and negative ones.
        case "CenterCropPad": return True
        # The length that scales ask for, before it is rounded, is what ends are aligned to in ONNX's cases.
        case "Resize": return has_special or flags.get("coordinate_transformation_mode", helper.make_attribute("", "")).s == b"align_corners"
        # onnxruntime leaves the output of empty inputs as it finds it.
        case "ConvInteger" | "DFT" | "STFT": return has_special or any(array.size == 0 for array in arrays)
        # Numbers that are not finite in a range, a maximum or an order.
        case "DynamicQuantizeLinear" | "QuantizeLinear" | "Hardmax" | "ArgMax" | "ArgMin" | "Normalizer" | "OneHotEncoder" | "LayerNormalization" | "BatchNormalization" | "Unique" | "TopK": return has_special
        case "ScatterElements" | "ScatterND" | "Scatter": return has_special or first.dtype in (bool, object)
        case "MaxPool" | "LpPool": return has_special or is_too_long(flags, first.shape[2:])
        case "GlobalMaxPool" | "GlobalLpPool" | "Softmax" | "LogSoftmax": return has_special
        # Nothing to reduce has no mean, and the standard names no default.
        case "ReduceMean" | "ReduceMax" | "ReduceMin": return 0 in first.shape or has_special
        # The same, and the integer that stands for NaN.
        case "ReduceLogSum" | "ReduceLogSumExp": return first.dtype.kind in "iu" or 0 in first.shape or has_special
        # onnxruntime gives numbers for NaN among the weights, and NaN for infinities.
        case "GRU" | "LSTM" | "RNN" | "LRN": return has_special
        # Zero divided by zero.
        case "Celu": return "alpha" in flags and flags["alpha"].f == 0
        # onnxruntime gives other numbers than without the attribute, which is for types of 8 bits.
        case "CastLike": return "saturate" in flags or has_special
        # Counts and rates below 1.
        case "MelWeightMatrix": return any(np.any(array < 1) for array in list(arrays)[:3])
        # onnxruntime rounds each partial sum.
        case "Sum" | "Mean": return first.dtype == np.float16 and len(node.input) > 2
        # The standard says lowest() and max(), its function body leaves infinities alone.
        case "Clip": return has_special
        # onnxruntime takes dimensions that are not those of the inputs.
        case "FeatureVectorizer": return True
        case "Cast": return flags["to"].i not in (1, 10, 11) and has_special
        case _: return False


def evaluate(node, fed, opsets):
    """The outputs of a node for these inputs; None where onnxruntime does not take it."""
    if is_disputed(node, fed):
        return None
    infos = [helper.make_tensor_value_info(name, kind(array), array.shape) for name, array in fed.items()]
    outputs = [helper.make_empty_tensor_value_info(name) for name in node.output]
    graph = helper.make_graph([node], "node", infos, outputs)
    try:
        results = session(helper.make_model(graph, opset_imports=opsets, ir_version=10)).run(None, fed)
    except Exception:  # noqa: BLE001
        return None
    if not all(isinstance(result, np.ndarray) and result.size <= LARGEST for result in results):
        return None
    return results


def kind(array):
    return 8 if array.dtype == object else helper.np_dtype_to_tensor_dtype(array.dtype)


def write(folder, seed):
    maker = GraphMaker(seed, evaluate)
    wanted = int(maker.random.integers(1, 6))
    for _ in range(60):
        if len(maker.nodes) == wanted:
            break
        maker.grow()
    if not maker.nodes:
        return
    model, inputs, outputs = maker.model(f"graph_{seed}")
    try:
        results = session(model).run(None, {value.name: value.array for value in inputs})
    except Exception:  # noqa: BLE001
        return
    operators = "_".join(node.op_type for node in maker.nodes)[:120]
    data = folder / f"graph_{seed}_{operators}" / "test_data_set_0"
    data.mkdir(parents=True)
    (data.parent / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    (data.parent / "tolerance.txt").write_text("rtol 2e-3\natol 1e-5\n")
    for name, values in (("input", [value.array for value in inputs]), ("output", results)):
        infos = inputs if name == "input" else outputs
        for index, (array, info) in enumerate(zip(values, infos)):
            message = numpy_helper.from_array(np.asarray(array), info.name)
            (data / f"{name}_{index}.pb").write_bytes(message.SerializeToString(deterministic=True))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    folder, count, first = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / "next"
    place.write_text(str(first))
    ended = 0
    while int(place.read_text()) < first + count:
        child = os.fork()
        if child == 0:
            warnings.simplefilter("ignore")
            np.seterr(all="ignore")
            for seed in range(int(place.read_text()), first + count):
                place.write_text(str(seed + 1))
                signal.alarm(SECONDS)
                write(folder, seed)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"error: making graph {int(place.read_text()) - 1} failed")
        ended += os.WIFSIGNALED(status)
    place.unlink()
    count = len(list(folder.iterdir()))
    print(f"{count} graphs; onnxruntime ended the process {ended} times")
    if count == 0:
        sys.exit("error: no graph was made")


if __name__ == "__main__":
    main()
