#!/usr/bin/env python3
"""Writes cases of sampling, of regions and of Fourier transforms, in the layout that `mlpack conformance` reads.

    write-geometry-cases.py FOLDER

The node tests of ONNX hold few of the combinations of modes, ranks and types. The expected outputs here are those of
onnxruntime, of the reference evaluator of the `onnx` package where onnxruntime lacks the operator or the type, and of
NumPy for Fourier transforms and determinants.
"""

import itertools
import pathlib
import shutil
import sys

import numpy as np
import onnxruntime
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

SEED = 20261124


def run_onnxruntime(model, inputs):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, inputs)


def run_reference(model, inputs):
    return ReferenceEvaluator(model).run(None, inputs)


class Writer:
    def __init__(self, target):
        self.target = target
        self.count = 0

    def case(self, title, operator, inputs, oracle, opset=22, outputs=1, tolerance=None, **attributes):
        """Writes a case of one node; `oracle` runs the model, or is its outputs. An input of `None` is left out."""
        names = [f"x{index}" if value is not None else "" for index, value in enumerate(inputs)]
        feeds = {name: np.asarray(value) for name, value in zip(names, inputs) if name}
        node = helper.make_node(operator, names, [f"y{index}" for index in range(outputs)], **attributes)
        infos = [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
                 for name, value in feeds.items()]
        bare = [helper.make_value_info(name, helper.make_tensor_type_proto(0, None)) for name in node.output]
        graph = helper.make_graph([node], title, infos, [])
        for value in bare:
            graph.output.add(name=value.name)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
        results = oracle(model, feeds) if callable(oracle) else oracle
        del graph.output[:]
        folder = self.target / f"geometry_{title}" / "test_data_set_0"
        folder.mkdir(parents=True)
        for name, value in zip(node.output, results):
            kind = helper.np_dtype_to_tensor_dtype(np.asarray(value).dtype)
            graph.output.append(helper.make_tensor_value_info(name, kind, np.shape(value)))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
        (folder.parent / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
        if tolerance:
            (folder.parent / "tolerance.txt").write_text(f"rtol {tolerance[0]}\natol {tolerance[1]}\n")
        for kind, values in (("input", feeds.values()), ("output", results)):
            for index, value in enumerate(values):
                message = numpy_helper.from_array(np.asarray(value), f"{kind}_{index}")
                (folder / f"{kind}_{index}.pb").write_bytes(message.SerializeToString(deterministic=True))
        self.count += 1


def grid_samples(writer, random):
    shapes = {4: ((2, 3, 5, 4), (2, 3, 6, 2)), 5: ((2, 2, 3, 4, 5), (2, 2, 3, 4, 3))}
    for rank, mode, padding, corners in itertools.product(
        shapes, ("linear", "nearest", "cubic"), ("zeros", "border", "reflection"), (0, 1)
    ):
        # onnxruntime has no cubic interpolation of volumes, and the reference evaluator has another one at the border
        # than onnxruntime and PyTorch.
        oracle = run_reference if rank == 5 and mode == "cubic" else run_onnxruntime
        if oracle is run_reference and padding == "border":
            continue
        x = random.normal(size=shapes[rank][0]).astype(np.float32)
        grid = random.uniform(-2.2, 2.2, shapes[rank][1]).astype(np.float32)
        title = f"gridsample_{rank}d_{mode}_{padding}{'_corners' * corners}"
        attributes = {"mode": mode, "padding_mode": padding, "align_corners": corners}
        writer.case(title, "GridSample", [x, grid], oracle, opset=20, tolerance=(1e-3, 1e-5), **attributes)
    x = random.integers(-99, 99, (1, 2, 4, 4)).astype(np.int32)
    grid = random.uniform(-1, 1, (1, 5, 5, 2)).astype(np.float32)
    writer.case("gridsample_int32", "GridSample", [x, grid], run_reference, mode="nearest")
    x = np.array([f"s{index}" for index in range(16)], object).reshape(1, 1, 4, 4)
    expected = run_reference_indices(x.shape, grid)
    writer.case("gridsample_string", "GridSample", [x, grid], [x.reshape(-1)[expected]], mode="nearest",
                padding_mode="border")


def run_reference_indices(shape, grid):
    """Which element each place of a grid takes from one plane."""
    node = helper.make_node("GridSample", ["x", "g"], ["y"], mode="nearest", padding_mode="border")
    infos = [helper.make_tensor_value_info(name, 1, None) for name in "xgy"]
    graph = helper.make_graph([node], "g", infos[:2], infos[2:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)])
    numbers = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    return run_reference(model, {"x": numbers, "g": grid})[0].astype(int)


def regions(writer, random):
    x = random.normal(size=(2, 3, 9, 11)).astype(np.float32)
    corners = random.uniform(-3, 14, (7, 2, 2)).astype(np.float32)
    corners.sort(axis=1)
    rois = corners.reshape(7, 4)
    images = random.integers(0, 2, 7)
    for mode, coordinates, ratio in itertools.product(("avg", "max"), ("half_pixel", "output_half_pixel"), (0, 2, 3)):
        writer.case(f"roialign_{mode}_{coordinates}_{ratio}", "RoiAlign", [x, rois, images], run_onnxruntime,
                    opset=16, mode=mode, coordinate_transformation_mode=coordinates, sampling_ratio=ratio,
                    output_height=3, output_width=4, spatial_scale=0.75, tolerance=(1e-3, 1e-5))
    writer.case("roialign_10", "RoiAlign", [x, rois, images], run_onnxruntime, opset=10, output_height=2,
                output_width=5, tolerance=(1e-3, 1e-5))
    numbered = np.concatenate([images[:, None].astype(np.float32), rois], 1)
    for scale in (1.0, 0.5, 1.7):
        writer.case(f"maxroipool_{scale}", "MaxRoiPool", [x, numbered], run_onnxruntime, opset=1,
                    pooled_shape=[3, 4], spatial_scale=scale)
    boxes = random.uniform(0, 1, (2, 40, 4)).astype(np.float32)
    scores = random.uniform(0, 1, (2, 3, 40)).round(1).astype(np.float32)
    for center, count, overlap, least in itertools.product((0, 1), (5, 100), (0.0, 0.3, 0.9), (None, 0.25)):
        limits = [np.int64(count).reshape(1), np.float32([overlap]), None if least is None else np.float32([least])]
        writer.case(f"nonmaxsuppression_{center}_{count}_{overlap}_{least}", "NonMaxSuppression",
                    [boxes, scores, *limits][: 5 if least else 4], run_onnxruntime, opset=11, center_point_box=center)


def windows(writer, random):
    for groups, offset_groups, mask in ((1, 1, False), (2, 1, True), (1, 2, True), (2, 4, False)):
        x = random.normal(size=(2, 4, 6, 7)).astype(np.float32)
        weights = random.normal(size=(6, 4 // groups, 3, 2)).astype(np.float32)
        places = ((6 + 2 - 3) // 2 + 1, 7 + 1 - 3 + 1)
        offset = random.normal(size=(2, offset_groups * 12, *places)).astype(np.float32)
        scale = random.uniform(size=(2, offset_groups * 6, *places)).astype(np.float32) if mask else None
        bias = random.normal(size=6).astype(np.float32)
        inputs = [x, weights, offset, bias, scale][: 5 if mask else 4]
        writer.case(f"deformconv_{groups}_{offset_groups}{'_mask' * mask}", "DeformConv", inputs, run_reference,
                    opset=19, group=groups, offset_group=offset_groups, strides=[2, 1], pads=[1, 0, 1, 1],
                    dilations=[1, 2], tolerance=(1e-3, 1e-4))
    columns = random.normal(size=(2, 3 * 6, 12)).astype(np.float32)
    writer.case("col2im_strides_pads", "Col2Im", [columns, np.array([7, 6]), np.array([3, 2])], run_onnxruntime,
                opset=18, strides=[2, 2], pads=[1, 0, 1, 0], dilations=[1, 1], tolerance=(1e-3, 1e-5))
    pool = helper.make_node("MaxPool", ["x"], ["y", "i"], kernel_shape=[2, 3], strides=[2, 2])
    info = helper.make_tensor_value_info("x", 1, (2, 3, 6, 9))
    graph = helper.make_graph([pool], "g", [info], [helper.make_tensor_value_info("y", 1, None),
                                                    helper.make_tensor_value_info("i", 7, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 12)], ir_version=8)
    x = random.normal(size=(2, 3, 6, 9)).astype(np.float32)
    pooled, indices = run_onnxruntime(model, {"x": x})
    writer.case("maxunpool", "MaxUnpool", [pooled, indices], run_onnxruntime, opset=11, kernel_shape=[2, 3],
                strides=[2, 2])


def resizes(writer, random):
    x = random.normal(size=(1, 2, 8, 10)).astype(np.float32)
    modes = ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric")
    for mode, coordinates, antialias in itertools.product(("linear", "cubic"), modes, (0, 1)):
        for scales in ([1, 1, 0.6, 0.35], [1, 1, 1.7, 2.3], [1, 1, 0.45, 1.9]):
            title = f"resize_{mode}_{coordinates}{'_antialias' * antialias}_{scales[2]}"
            writer.case(title, "Resize", [x, None, np.float32(scales)], run_reference, opset=19, mode=mode,
                        coordinate_transformation_mode=coordinates, antialias=antialias, tolerance=(1e-3, 1e-5))
    for policy, sizes in itertools.product(("not_larger", "not_smaller"), ([7, 6], [13, 31], [3, 3])):
        writer.case(f"resize_{policy}_{sizes[0]}", "Resize", [x, None, None, np.array(sizes)], run_onnxruntime,
                    opset=19, mode="linear", axes=[2, 3], keep_aspect_ratio_policy=policy, tolerance=(1e-3, 1e-5))
    writer.case("upsample_7", "Upsample", [x], run_onnxruntime, opset=7, mode="nearest", scales=[1.0, 1.0, 2.0, 1.5])
    doubled = [x.repeat(2, 2).repeat(3, 3)]
    writer.case("upsample_1", "Upsample", [x], doubled, opset=1, mode="nearest", height_scale=2.0, width_scale=3.0)
    tiles = [x, np.float32(3), np.float32(2)]
    writer.case("tile_1", "Tile", tiles, [np.concatenate([x] * 3, 2)], opset=1)


def parts(values, dtype):
    return np.stack([values.real, values.imag], -1).astype(dtype)


def transforms(writer, random):
    """Lengths that are powers of two, products of small primes, primes, and products of large ones."""
    for length in (1, 2, 3, 4, 5, 6, 7, 8, 12, 15, 16, 30, 31, 37, 64, 74, 97, 101, 120, 128, 210, 211, 400, 1009, 2021):
        signal = random.normal(size=(2, length, 3)) + 1j * random.normal(size=(2, length, 3))
        expected = np.fft.fft(signal, axis=1)
        axis = np.int64(1)
        bounds = {"tolerance": (1e-6, 1e-9), "opset": 20}
        title = f"dft_{length}"
        complexes = parts(signal, np.float64)
        writer.case(title, "DFT", [complexes, None, axis], [parts(expected, np.float64)], **bounds)
        inverse = parts(np.fft.ifft(signal, axis=1), np.float64)
        writer.case(f"{title}_inverse", "DFT", [complexes, None, axis], [inverse], inverse=1, **bounds)
        real = signal.real[..., None]
        half = np.fft.rfft(signal.real, axis=1)
        writer.case(f"{title}_onesided", "DFT", [real, None, axis], [parts(half, np.float64)], onesided=1, **bounds)
        back = [np.fft.irfft(half, length, axis=1)[..., None]]
        writer.case(f"{title}_onesided_inverse", "DFT", [parts(half, np.float64), np.int64(length), axis], back,
                    onesided=1, inverse=1, **bounds)
    signal = random.normal(size=(3, 10, 4)) + 1j * random.normal(size=(3, 10, 4))
    for length, axis in itertools.product((7, 10, 13), (0, 1, 2, -2, -3)):
        place = axis if axis >= 0 else axis + 3
        spectrum = np.fft.fft(signal, length, axis=place)
        inner = np.int64(axis if axis >= 0 else axis - 1)
        writer.case(f"dft_length_{length}_axis_{axis}", "DFT", [parts(signal, np.float64), np.int64(length), inner],
                    [parts(spectrum, np.float64)], opset=20, tolerance=(1e-6, 1e-9))
    for dtype, bound in ((np.float32, 1e-5), (np.float16, 2e-2)):
        x = parts(signal, dtype)
        spectrum = np.fft.fft(x[..., 0].astype(np.float64) + 1j * x[..., 1].astype(np.float64), axis=1)
        writer.case(f"dft_{np.dtype(dtype).name}", "DFT", [x], [parts(spectrum, dtype)], opset=17,
                    tolerance=(bound, bound))
    samples = random.normal(size=(2, 100, 1))
    for length, step, onesided in itertools.product((16, 25, 37), (5, 8), (0, 1)):
        window = np.hanning(length)
        frames = [samples[:, start : start + length, 0] * window for start in range(0, 100 - length + 1, step)]
        spectrum = np.fft.fft(np.stack(frames, 1), axis=-1)[..., : length // 2 + 1 if onesided else length]
        writer.case(f"stft_{length}_{step}{'_onesided' * onesided}", "STFT", [samples, np.int64(step), window],
                    [parts(spectrum, np.float64)], opset=17, onesided=onesided, tolerance=(1e-6, 1e-9))
    for size in (0, 1, 2, 5):
        matrices = random.normal(size=(3, 2, size, size))
        writer.case(f"det_{size}", "Det", [matrices], [np.linalg.det(matrices)], opset=11, tolerance=(1e-9, 1e-12))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    scratch = target.with_name(target.name + ".new")
    shutil.rmtree(scratch, ignore_errors=True)
    writer = Writer(scratch)
    for number, part in enumerate((grid_samples, regions, windows, resizes, transforms)):
        part(writer, np.random.default_rng(SEED + number))
    shutil.rmtree(target, ignore_errors=True)
    scratch.rename(target)
    print(f"geometry: {writer.count} cases")


if __name__ == "__main__":
    main()
