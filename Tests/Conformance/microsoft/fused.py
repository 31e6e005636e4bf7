"""The fused, quantised and smaller operators of ONNX Runtime's domain.

Quantised outputs are held exactly.
"""

import ml_dtypes
import numpy as np
from onnx import TensorProto, helper, numpy_helper

from . import graphs
from .case import Case, random

EXACT = (0, 0)
FLOAT = (1e-5, 1e-6)
BYTE_TYPES = {"u8": np.uint8, "s8": np.int8}


def element_type(array):
    return helper.np_dtype_to_tensor_dtype(np.asarray(array).dtype)


def case(title, operator, inputs, output, tolerance=None, constants=(), **attributes):
    """A case of one node, whose title starts with the operator's name.

    Inputs whose index is in `constants` become initializers. `output` is the element type of the first output, or a list
    of those of all.
    """
    outputs = output if isinstance(output, list) else [output]
    return Case(
        title.removeprefix(operator.lower() + "_"),
        operator,
        [
            numpy_helper.from_array(np.asarray(array)) if index in constants and array is not None else array
            for index, array in enumerate(inputs)
        ],
        len(outputs),
        types={f"y{index}": kind for index, kind in enumerate(outputs)},
        tolerance=tolerance,
        **attributes,
    )


def floats(name, *shape, dtype=np.float32):
    return random(name).normal(size=shape).astype(dtype)


def numbers(name, dtype, *shape, least=None, greatest=None):
    """Quantised numbers over the whole range of a type, or over a part of it."""
    limits = np.iinfo(dtype)
    low = limits.min if least is None else least
    high = limits.max if greatest is None else greatest
    return random(name).integers(low, high, size=shape, dtype=dtype, endpoint=True)


def weights(name, dtype, *shape):
    """Weights of 7 bits: with 8 of them onnxruntime's sums overflow on processors without VNNI."""
    if dtype == np.int8:
        return numbers(name, dtype, *shape, least=-64, greatest=63)
    return numbers(name, dtype, *shape, least=0, greatest=127)


def scale(value):
    return np.array(value, np.float32)


def fused_matmul():
    shapes = {
        "plain": ((3, 4), (4, 5), {}),
        "alpha": ((3, 4), (4, 5), {"alpha": -0.375}),
        "trans_a": ((4, 3), (4, 5), {"transA": 1}),
        "trans_b": ((3, 4), (5, 4), {"transB": 1}),
        "trans_both": ((4, 3), (5, 4), {"transA": 1, "transB": 1, "alpha": 2.5}),
        "stack": ((2, 3, 4), (2, 4, 5), {"alpha": 0.5}),
        "stack_trans": ((2, 4, 3), (2, 5, 4), {"transA": 1, "transB": 1}),
        "broadcast": ((2, 1, 3, 4), (3, 5, 4), {"transB": 1}),
        "vector_left": ((4,), (2, 4, 5), {}),
        "vector_right": ((2, 3, 4), (4,), {"transB": 1}),
        "batch_a": ((3, 2, 5, 4), (2, 5, 4, 6), {"transBatchA": 1}),
        "batch_b": ((2, 5, 3, 4), (4, 2, 5, 6), {"transBatchB": 1}),
        "batch_both": ((3, 2, 5, 4), (4, 2, 5, 6), {"transBatchA": 1, "transBatchB": 1}),
        "batch_and_trans": ((4, 2, 3), (5, 2, 4), {"transBatchA": 1, "transBatchB": 1, "transA": 1, "transB": 1}),
    }
    for what, (left, right, attributes) in shapes.items():
        a, b = floats(f"{what} a", *left), floats(f"{what} b", *right)
        yield case(f"fusedmatmul_{what}", "FusedMatMul", [a, b], TensorProto.FLOAT, FLOAT, **attributes)
    a, b = floats("double a", 3, 4, dtype=np.float64), floats("double b", 4, 5, dtype=np.float64)
    yield case("fusedmatmul_double", "FusedMatMul", [a, b], TensorProto.DOUBLE, FLOAT, alpha=0.1)
    for what in ("plain", "trans_both", "stack_trans"):
        left, right, attributes = shapes[what]
        a, b = floats(f"{what} a", *left), floats(f"{what} b", *right)
        yield case(f"transposematmul_{what}", "TransposeMatMul", [a, b], TensorProto.FLOAT, FLOAT, **attributes)


def fused_gemm():
    activations = {
        "Celu": {"alpha": 1.5},
        "Elu": {"alpha": 0.7},
        "HardSigmoid": {"alpha": 0.3, "beta": 0.4},
        "LeakyRelu": {"alpha": 0.2},
        "ParametricSoftplus": {"alpha": 1.5, "beta": 0.5},
        "Relu": {},
        "ScaledTanh": {"alpha": 1.5, "beta": 0.5},
        "Selu": {"alpha": 1.6, "gamma": 1.1},
        "Sigmoid": {},
        "Softplus": {},
        "Softsign": {},
        "Tanh": {},
        "ThresholdedRelu": {"alpha": 0.4},
    }
    a, b, c = floats("gemm a", 3, 4), floats("gemm b", 4, 5), floats("gemm c", 5)
    for name, parameters in activations.items():
        parameters = {f"activation_{key}": value for key, value in parameters.items()}
        title = f"fusedgemm_{name.lower()}"
        yield case(title, "FusedGemm", [a, b, c], TensorProto.FLOAT, FLOAT, activation=name, **parameters)
    relu = {"activation": "Relu"}
    yield case("fusedgemm_no_bias", "FusedGemm", [a, b], TensorProto.FLOAT, FLOAT, **relu)
    yield case(
        "fusedgemm_transposed", "FusedGemm", [a.T.copy(), b.T.copy(), floats("column", 3, 1)], TensorProto.FLOAT, FLOAT,
        transA=1, transB=1, alpha=0.5, beta=-2.0, **relu,
    )  # fmt: skip


def fused_conv():
    activations = {
        "Clip": [-0.5, 1.25],
        "HardSigmoid": [0.3, 0.4],
        "HardSwish": None,
        "LeakyRelu": [0.2],
        "Relu": None,
        "Sigmoid": None,
        "Tanh": None,
    }
    x, w, b = floats("conv x", 2, 4, 6, 5), floats("conv w", 6, 4, 3, 3), floats("conv b", 6)
    z = floats("conv z", 2, 6, 4, 3)
    for name, parameters in activations.items():
        given = {"activation": name, **({"activation_params": parameters} if parameters else {})}
        title = f"fusedconv_{name.lower()}"
        yield case(title, "FusedConv", [x, w, b], TensorProto.FLOAT, FLOAT, constants=(1, 2), **given)
        yield case(f"{title}_residual", "FusedConv", [x, w, b, z], TensorProto.FLOAT, FLOAT, **given)
    relu = {"activation": "Relu"}
    yield case("fusedconv_none", "FusedConv", [x, w, b], TensorProto.FLOAT, FLOAT)
    yield case("fusedconv_residual_no_bias", "FusedConv", [x, w, None, z], TensorProto.FLOAT, FLOAT, **relu)
    yield case(
        "fusedconv_window", "FusedConv", [x, floats("window w", 3, 4, 2, 3), floats("window b", 3)], TensorProto.FLOAT,
        FLOAT, kernel_shape=[2, 3], strides=[2, 1], pads=[1, 0, 0, 2], dilations=[1, 2], **relu,
    )  # fmt: skip
    yield case(
        "fusedconv_groups", "FusedConv", [x, floats("group w", 6, 2, 3, 3), b], TensorProto.FLOAT, FLOAT,
        group=2, auto_pad="SAME_UPPER", strides=[2, 2], **relu,
    )  # fmt: skip
    yield case(
        "fusedconv_depthwise", "FusedConv", [x, floats("depth w", 4, 1, 3, 3)], TensorProto.FLOAT, FLOAT,
        group=4, pads=[1, 1, 1, 1], activation="Clip", activation_params=[0.0, 6.0],
    )  # fmt: skip
    yield case(
        "fusedconv_1d", "FusedConv", [floats("1d x", 1, 3, 9), floats("1d w", 2, 3, 4)], TensorProto.FLOAT, FLOAT,
        pads=[1, 2], **relu,
    )  # fmt: skip


def qgemm():
    combinations = {"u8u8": (np.uint8, np.uint8), "u8s8": (np.uint8, np.int8), "s8s8": (np.int8, np.int8)}
    for what, (left, right) in combinations.items():
        a, b = numbers(f"{what} a", left, 3, 6), weights(f"{what} b", right, 6, 5)
        zero = [np.array(121 if left == np.uint8 else -7, left), np.array(60 if right == np.uint8 else 3, right)]
        bias = random(f"{what} c").integers(-4000, 4000, size=5, dtype=np.int32)
        operands = [a, scale(0.021), zero[0], b, scale(0.013), zero[1]]
        columns = random(f"{what} scales").uniform(0.005, 0.02, 5).astype(np.float32)
        zeros = np.array([60, 50, 64, 0, 127], right) if right == np.uint8 else np.array([3, -5, 0, 7, 1], right)
        by_column = [a, scale(0.021), zero[0], b, columns, zeros]
        output = [scale(0.107), np.array(98 if left == np.uint8 else -11, left)]
        kind = element_type(output[1])
        constants = (1, 2, 3, 4, 5, 6, 7, 8)
        yield case(f"qgemm_{what}", "QGemm", operands + [bias] + output, kind, EXACT, constants=constants)
        yield case(f"qgemm_{what}_columns", "QGemm", by_column + [bias] + output, kind, EXACT, constants=constants)
        yield case(f"qgemm_{what}_no_bias", "QGemm", operands + [None] + output, kind, EXACT)
        yield case(f"qgemm_{what}_float", "QGemm", by_column + [bias], TensorProto.FLOAT, FLOAT)
        turned = [a.T.copy()] + operands[1:3] + [b.T.copy()] + operands[4:]
        attributes = {"transA": 1, "transB": 1, "alpha": 0.625}
        yield case(f"qgemm_{what}_transposed", "QGemm", turned + [bias] + output, kind, EXACT, **attributes)
    full = random("full c").integers(-4000, 4000, size=(3, 5), dtype=np.int32)
    yield case("qgemm_bias_matrix", "QGemm", operands + [full] + output, kind, EXACT)
    yield case("qgemm_bias_column", "QGemm", operands + [full[:, :1]] + output, kind, EXACT)


def qlinear_binary():
    shapes = {
        "same": ((4, 5, 11), (4, 5, 11)),
        "scalar_right": ((3, 40), ()),
        "scalar_left": ((1,), (3, 40)),
        "row": ((2, 3, 37), (37,)),
        "column": ((2, 3, 1), (2, 3, 33)),
        "both": ((2, 1, 5), (3, 1)),
        "channels": ((2, 4, 3, 3), (4, 1, 1)),
        "empty": ((0, 3), (3,)),
    }
    for operator, output_scale in (("QLinearAdd", 0.043), ("QLinearMul", 0.031)):
        for what, dtype in BYTE_TYPES.items():
            zeros = [np.array(value, dtype) for value in ((121, 7, 94) if dtype == np.uint8 else (-7, 19, -30))]
            for shape, (left, right) in shapes.items():
                title = f"{operator.lower()}_{what}_{shape}"
                a, b = numbers(f"{title} a", dtype, *left), numbers(f"{title} b", dtype, *right)
                inputs = [a, scale(0.0217), zeros[0], b, scale(0.0391), zeros[1], scale(output_scale), zeros[2]]
                yield case(title, operator, inputs, element_type(a), EXACT, constants=(1, 2, 4, 5, 6, 7))


def qlinear_concat():
    for what, dtype in BYTE_TYPES.items():
        zeros = [np.array(value, dtype) for value in ((121, 7, 94, 0) if dtype == np.uint8 else (-7, 19, -30, 0))]
        for title, axis, shapes in (
            ("first", 0, ((2, 3, 4), (1, 3, 4))),
            ("middle", 1, ((2, 3, 4), (2, 1, 4), (2, 2, 4))),
            ("last", -1, ((2, 3, 4), (2, 3, 5))),
            ("empty", 1, ((2, 0), (2, 3))),
            ("vector", 0, ((7,), (300,))),
        ):
            name = f"qlinearconcat_{what}_{title}"
            inputs = [scale(0.05), zeros[3]]
            for index, shape in enumerate(shapes):
                inputs += [numbers(f"{name} {index}", dtype, *shape), scale([0.05, 0.021, 0.13][index]), zeros[index]]
            constants = [index for index in range(len(inputs)) if index % 3 != 2]
            yield case(name, "QLinearConcat", inputs, element_type(zeros[0]), EXACT, constants=constants, axis=axis)
        same = [scale(0.05), zeros[0]]
        for index in range(2):
            same += [numbers(f"same {what} {index}", dtype, 2, 9), scale(0.05), zeros[0]]
        yield case(f"qlinearconcat_{what}_same_scales", "QLinearConcat", same, element_type(zeros[0]), EXACT, axis=1)


def qlinear_where():
    shapes = {
        "same": ((3, 4), (3, 4), (3, 4)),
        "scalar_x": ((3, 4), (), (3, 4)),
        "scalar_y": ((3, 4), (3, 4), (1,)),
        "broadcast": ((3, 1, 1), (4, 1), (2, 1, 1, 5)),
        "condition_row": ((4,), (3, 4), (3, 1)),
        "scalar_condition": ((), (3, 4), (3, 4)),
    }
    for what, dtype in BYTE_TYPES.items():
        zeros = [np.array(value, dtype) for value in ((121, 7, 94) if dtype == np.uint8 else (-7, 19, -30))]
        for title, (condition, first, second) in shapes.items():
            name = f"qlinearwhere_{what}_{title}"
            inputs = [random(name).integers(0, 2, size=condition).astype(bool)]
            inputs += [numbers(f"{name} x", dtype, *first), scale(0.02), zeros[0]]
            inputs += [numbers(f"{name} y", dtype, *second), scale(0.05), zeros[1], scale(0.03), zeros[2]]
            yield case(name, "QLinearWhere", inputs, element_type(zeros[0]), EXACT, constants=(2, 3, 5, 6, 7, 8))
        inputs = [inputs[0], inputs[1], scale(0.02), zeros[0], inputs[4], scale(0.02), zeros[0], scale(0.02), zeros[0]]
        yield case(f"qlinearwhere_{what}_same_scales", "QLinearWhere", inputs, element_type(zeros[0]), EXACT)


def qlinear_functions():
    for what, dtype in BYTE_TYPES.items():
        zero = np.array(121 if dtype == np.uint8 else -7, dtype)
        output_zero = np.array(3 if dtype == np.uint8 else -120, dtype)
        every = np.arange(256).astype(dtype)
        kind = element_type(zero)
        for title, (x, parameters) in {
            "every_number": (every, [scale(0.043), zero, scale(1 / 256), output_zero]),
            "wide": (every.reshape(2, 4, 32), [scale(0.31), zero, scale(0.0041), output_zero]),
            "no_zero_points": (every.reshape(16, 16), [scale(0.02), None, scale(0.011), None]),
            "scalar": (every[77], [scale(0.02), zero, scale(0.011), output_zero]),
        }.items():
            for operator, attributes in (("QLinearSigmoid", {}), ("QLinearLeakyRelu", {"alpha": 0.17})):
                name = f"{operator.lower()}_{what}_{title}"
                yield case(name, operator, [x] + parameters, kind, EXACT, constants=(1, 2, 3, 4), **attributes)
        inputs = [every, scale(0.02), zero, scale(0.007), zero]
        yield case(f"qlinearleakyrelu_{what}_default", "QLinearLeakyRelu", inputs, kind, EXACT)
        inputs = [every, scale(0.02), zero, scale(0.02), zero]
        yield case(f"qlinearleakyrelu_{what}_negative", "QLinearLeakyRelu", inputs, kind, EXACT, alpha=-1.5)


def qlinear_softmax():
    for what, dtype in BYTE_TYPES.items():
        zero = np.array(121 if dtype == np.uint8 else -7, dtype)
        output_zero = np.array(0 if dtype == np.uint8 else -128, dtype)
        kind = element_type(zero)
        for title, shape, x_scale, attributes in (
            ("last", (3, 17), 0.07, {"opset": 13}),
            ("steep", (3, 17), 0.9, {"opset": 13}),
            ("flat", (2, 300), 0.001, {"opset": 13}),
            ("axis", (2, 5, 3), 0.05, {"opset": 13, "axis": 1}),
            ("first", (5, 3), 0.05, {"opset": 13, "axis": 0}),
            ("negative", (2, 5, 3), 0.05, {"opset": 13, "axis": -2}),
            ("flattened", (2, 3, 4), 0.05, {"opset": 12, "axis": 1}),
            ("flattened_all", (2, 3, 4), 0.05, {"opset": 11, "axis": 0}),
            ("one", (4, 1), 0.05, {"opset": 13}),
        ):
            name = f"qlinearsoftmax_{what}_{title}"
            inputs = [numbers(name, dtype, *shape), scale(x_scale), zero, scale(1 / 256), output_zero]
            yield case(name, "QLinearSoftmax", inputs, kind, EXACT, constants=(1, 2, 3, 4), **attributes)
        x = numbers(f"softmax scale {what}", dtype, 4, 12)
        inputs = [x, scale(0.1), None, scale(0.0062), np.array(12, dtype)]
        yield case(f"qlinearsoftmax_{what}_other_scale", "QLinearSoftmax", inputs, kind, EXACT, opset=13)


def qlinear_pools():
    for what, dtype in BYTE_TYPES.items():
        zero = np.array(121 if dtype == np.uint8 else -7, dtype)
        output_zero = np.array(3 if dtype == np.uint8 else -30, dtype)
        kind = element_type(zero)
        parameters = [scale(0.027), zero, scale(0.019), output_zero]
        for last in (0, 1):
            layout = "last" if last else "first"
            for title, spatial in (("1d", (9,)), ("2d", (7, 5)), ("3d", (2, 3, 4)), ("large", (20, 20)), ("one", (1, 1))):
                name = f"qlinearglobalaveragepool_{what}_{layout}_{title}"
                x = numbers(name, dtype, *((2, *spatial, 11) if last else (2, 11, *spatial)))
                inputs = [x] + parameters
                yield case(
                    name, "QLinearGlobalAveragePool", inputs, kind, EXACT, constants=(1, 2, 3, 4), channels_last=last
                )
            for title, spatial, attributes in (
                ("1d", (9,), {"kernel_shape": [3], "strides": [2], "pads": [1, 1]}),
                ("2d", (7, 6), {"kernel_shape": [3, 2]}),
                ("strides", (7, 6), {"kernel_shape": [2, 3], "strides": [2, 3], "pads": [1, 1, 0, 1]}),
                ("count", (7, 6), {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
                ("ceil", (7, 6), {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
                ("same", (7, 6), {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"}),
                ("same_lower", (7, 6), {"kernel_shape": [2, 2], "auto_pad": "SAME_LOWER"}),
                ("3d", (3, 4, 5), {"kernel_shape": [2, 2, 3], "pads": [0, 1, 1, 1, 0, 1]}),
            ):
                name = f"qlinearaveragepool_{what}_{layout}_{title}"
                x = numbers(name, dtype, *((2, *spatial, 3) if last else (2, 3, *spatial)))
                yield case(
                    name, "QLinearAveragePool", [x] + parameters, kind, EXACT, constants=(1, 2, 3, 4),
                    channels_last=last, **attributes,
                )  # fmt: skip


def qlinear_conv():
    for what, (left, right) in {
        "u8u8": (np.uint8, np.uint8), "u8s8": (np.uint8, np.int8), "s8s8": (np.int8, np.int8)
    }.items():  # fmt: skip
        x_zero = np.array(121 if left == np.uint8 else -7, left)
        w_zero = np.array(60 if right == np.uint8 else 0, right)
        y_zero = np.array(98 if left == np.uint8 else -11, left)
        for last in (0, 1):
            layout = "last" if last else "first"
            for title, channels, filters, group, spatial, kernel, attributes in (
                ("plain", 4, 6, 1, (7, 6), (3, 3), {}),
                ("pads", 4, 6, 1, (7, 6), (3, 2), {"pads": [1, 0, 1, 1], "strides": [2, 1]}),
                ("pointwise", 8, 16, 1, (5, 5), (1, 1), {}),
                ("depthwise", 6, 6, 6, (7, 6), (3, 3), {"pads": [1, 1, 1, 1]}),
                ("groups", 4, 6, 2, (7, 6), (3, 3), {"auto_pad": "SAME_UPPER"}),
                ("dilations", 4, 6, 1, (9, 8), (3, 3), {"dilations": [2, 2]}),
                ("1d", 4, 6, 1, (11,), (3,), {"pads": [1, 1]}),
                ("3d", 2, 3, 1, (4, 5, 4), (2, 3, 2), {}),
            ):
                name = f"qlinearconv_{what}_{layout}_{title}"
                x = numbers(f"{name} x", left, *((2, *spatial, channels) if last else (2, channels, *spatial)))
                w = weights(f"{name} w", right, filters, channels // group, *kernel)
                bias = random(f"{name} b").integers(-3000, 3000, size=filters, dtype=np.int32)
                columns = random(f"{name} scales").uniform(0.004, 0.02, filters).astype(np.float32)
                by_channel = title in ("plain", "depthwise", "1d")
                w_scale, zeros = (columns, np.full(filters, w_zero, right)) if by_channel else (scale(0.011), w_zero)
                y_scale = scale(0.31 if title == "3d" else 0.17)
                inputs = [x, scale(0.023), x_zero, w, w_scale, zeros, y_scale, y_zero, bias]
                if title in ("pads", "depthwise"):
                    inputs.pop()
                yield case(
                    name, "QLinearConv", inputs, element_type(y_zero), EXACT, constants=range(1, 9),
                    group=group, channels_last=last, **attributes,
                )  # fmt: skip


def nhwc_max_pool():
    for what, dtype in BYTE_TYPES.items():
        for title, shape, attributes in (
            ("1d", (2, 9, 3), {"kernel_shape": [3], "strides": [2]}),
            ("2d", (2, 7, 6, 3), {"kernel_shape": [3, 2]}),
            ("pads", (2, 7, 6, 3), {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [2, 2]}),
            ("ceil", (2, 7, 6, 3), {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
            ("dilations", (2, 7, 6, 3), {"kernel_shape": [2, 2], "dilations": [2, 3]}),
            ("same", (2, 7, 6, 3), {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_LOWER"}),
            ("3d", (1, 4, 5, 4, 2), {"kernel_shape": [2, 2, 2]}),
        ):
            x = numbers(f"{what} {title}", dtype, *shape)
            yield case(f"nhwcmaxpool_{what}_{title}", "NhwcMaxPool", [x], element_type(x), EXACT, **attributes)


def quantize_linear():
    types = {"u8": np.uint8, "s8": np.int8, "u16": np.uint16, "s16": np.int16}
    for what, dtype in types.items():
        limits = np.iinfo(dtype)
        x = np.concatenate([floats(f"{what} x", 40) * 40, np.arange(-10, 10, dtype=np.float32) / 8]).reshape(5, 3, 4)
        middle = np.array((int(limits.max) + int(limits.min)) // 2 + 3, dtype)
        step = scale(0.25 if limits.bits == 8 else 0.001)
        kind = element_type(middle)
        zeros = np.array([limits.min, middle, limits.max], dtype)
        steps = np.array([0.25, 0.5, 0.125], np.float32) * (1 if limits.bits == 8 else 0.004)
        yield case(f"quantizelinear_{what}", "QuantizeLinear", [x, step, middle], kind, EXACT)
        yield case(f"quantizelinear_{what}_axis", "QuantizeLinear", [x, steps, zeros], kind, EXACT, axis=1)
        steps4, zeros4 = np.append(steps, steps[:1]), np.append(zeros, zeros[1:2])
        yield case(f"quantizelinear_{what}_last", "QuantizeLinear", [x, steps4, zeros4], kind, EXACT, axis=-1)
    yield case("quantizelinear_no_zero_point", "QuantizeLinear", [x, scale(0.5)], TensorProto.UINT8, EXACT)
    for what, dtype in {**types, "s32": np.int32}.items():
        limits = np.iinfo(dtype)
        x = numbers(f"{what} q", dtype, 5, 3, 4)
        zero = np.array(0 if what == "s32" else limits.max // 2 - 5, dtype)
        zeros = np.array([0, 0, 0] if what == "s32" else [limits.min, zero, limits.max], dtype)
        steps = np.array([0.25, 0.3, 0.11], np.float32)
        float_type = TensorProto.FLOAT
        yield case(f"dequantizelinear_{what}", "DequantizeLinear", [x, scale(0.13), zero], float_type, FLOAT)
        yield case(f"dequantizelinear_{what}_axis", "DequantizeLinear", [x, steps, zeros], float_type, FLOAT, axis=1)
        yield case(f"dequantizelinear_{what}_no_zero_point", "DequantizeLinear", [x, scale(0.13)], float_type, FLOAT)
    for what, dtype in {"u4": ml_dtypes.uint4, "s4": ml_dtypes.int4}.items():
        x = numbers(what, np.int8, 3, 5, least=0, greatest=7).astype(dtype)
        inputs = [x, scale(0.13), np.array(3, dtype)]
        yield case(f"dequantizelinear_{what}", "DequantizeLinear", inputs, float_type, FLOAT, constants=(0, 2))


def linear_algebra():
    for title, shape in (("one", (1, 1)), ("two", (2, 2)), ("five", (5, 5)), ("stack", (2, 3, 4, 4)), ("large", (17, 17))):
        for kind, dtype in (("float", np.float32), ("double", np.float64)):
            x = floats(f"inverse {title}", *shape, dtype=dtype) + 2 * np.eye(shape[-1], dtype=dtype)
            tolerance = (1e-3, 1e-4)
            yield case(f"inverse_{kind}_{title}", "Inverse", [x], element_type(x), tolerance)
    x = (floats("half", 3, 3) + 2 * np.eye(3)).astype(np.float16)
    yield case("inverse_half", "Inverse", [x], TensorProto.FLOAT16, (1e-2, 1e-2))
    permutation = np.array([[0, 1, 0], [0, 0, 2], [-4, 0, 0]], np.float32)
    yield case("inverse_permutation", "Inverse", [permutation], TensorProto.FLOAT, FLOAT)
    for metric in ("sqeuclidean", "euclidean"):
        for kind, dtype in (("float", np.float32), ("double", np.float64)):
            for title, (rows, columns, length) in {"short": (3, 4, 2), "long": (5, 2, 33), "one": (1, 1, 1)}.items():
                a = floats(f"cdist a {title}", rows, length, dtype=dtype)
                b = floats(f"cdist b {title}", columns, length, dtype=dtype)
                yield case(f"cdist_{metric}_{kind}_{title}", "CDist", [a, b], element_type(a), FLOAT, metric=metric)
    yield case("cdist_default", "CDist", [a, b], TensorProto.DOUBLE, FLOAT)


def movements():
    for kind, dtype in (("float", np.float32), ("double", np.float64), ("int64", np.int64)):
        x = (floats("trilu", 2, 4, 5) * 100).astype(dtype)
        yield case(f"trilu_{kind}", "Trilu", [x], element_type(x), EXACT)
        yield case(f"trilu_{kind}_lower", "Trilu", [x], element_type(x), EXACT, upper=0)
        for k in (-2, 1, 7):
            for upper in (0, 1):
                title = f"trilu_{kind}_{'upper' if upper else 'lower'}_{k}".replace("-", "minus_")
                yield case(title, "Trilu", [x, np.array(k, np.int64)], element_type(x), EXACT, upper=upper)
    x = floats("expand", 2, 3)
    for axis in (-3, -1, 0, 1, 2):
        title = f"expanddims_{axis}".replace("-", "minus_")
        for constants in ((), (1,)):
            suffix = "_constant" if constants else ""
            inputs = [x, np.array(axis, np.int32)]
            yield case(title + suffix, "ExpandDims", inputs, TensorProto.FLOAT, EXACT, constants=constants)
    for kind, dtype in {"bool": bool, "half": np.float16, "int8": np.int8, "text": object}.items():
        x = np.array([["a", "b"], ["", "d"]]) if dtype is object else (floats("x", 2, 2) * 9).astype(dtype)
        output = TensorProto.STRING if dtype is object else element_type(x)
        x = x.astype(object) if dtype is object else x
        yield case(f"expanddims_{kind}", "ExpandDims", [x, np.array([1], np.int32)], output)
    x = floats("pad", 2, 3)
    for mode in ("constant", "reflect", "edge"):
        for title, pads in (("", [1, 2, 0, 1]), ("_negative", [0, -1, -1, 1]), ("_one_side", [0, 0, 1, 2])):
            inputs = [x, np.array(pads, np.int64)]
            yield case(f"pad_{mode}{title}", "Pad", inputs, TensorProto.FLOAT, EXACT, mode=mode)
    inputs = [x, np.array([[1, 0, 0, 2]], np.int64), np.array([7.5], np.float32)]
    yield case("pad_matrix_of_pads", "Pad", inputs, TensorProto.FLOAT, EXACT, constants=(1,))
    data = floats("gather", 3, 4, 5)
    for kind, dtype in (("int32", np.int32), ("int64", np.int64)):
        for title, indices in (
            ("elements", [[0, 1, 2], [2, 3, 4]]), ("rows", [[0, 1], [2, 2], [1, 0]]), ("slices", [[2], [0]]),
            ("nested", [[[0, 1]], [[2, 3]]]), ("negative", [[-1, -2, -3]]),
        ):  # fmt: skip
            inputs = [data, np.array(indices, dtype)]
            yield case(f"gathernd_{kind}_{title}", "GatherND", inputs, TensorProto.FLOAT, EXACT)
    for title, values, dtype in (
        ("float", (1.5, 4.2, 0.5), np.float32), ("double", (1.0, -2.0, -0.75), np.float64), ("int16", (3, 20, 4), np.int16),
        ("int32", (10, -10, -3), np.int32), ("int64", (0, 5, 1), np.int64), ("empty", (5, 1, 1), np.int64),
    ):  # fmt: skip
        inputs = [np.array(value, dtype) for value in values]
        yield case(f"range_{title}", "Range", inputs, element_type(inputs[0]), FLOAT)
        if title != "double":
            yield case(f"range_{title}_no_step", "Range", inputs[:2], element_type(inputs[0]), FLOAT)
    inputs = [np.array([value], np.int32) for value in (2, 11, 3)]
    yield case("range_vectors", "Range", inputs, TensorProto.INT32, EXACT, constants=(0, 1, 2))
    for title, values in {
        "example": [2, 1, 1, 3, 4, 3], "one": [5], "all_same": [1, 1, 1], "different": [3, 2, 1], "zeros": [0.0, -0.0, 1],
        "empty": [],
    }.items():  # fmt: skip
        outputs = [TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT64]
        yield case(f"unique_{title}", "Unique", [np.array(values, np.float32)], outputs, EXACT)


def murmur_hash():
    texts = np.array([["", "a", "ab", "abc"], ["abcd", "héllo", "the quick brown fox", "0123456789abcdef"]], object)
    for positive in (0, 1):
        kind = TensorProto.UINT32 if positive else TensorProto.INT32
        sign = "positive" if positive else "signed"
        for seed in (0, 1234):
            name = f"murmurhash3_text_{sign}_{seed}"
            yield case(name, "MurmurHash3", [texts], kind, positive=positive, seed=seed)
        for what, dtype in {
            "int32": np.int32, "uint32": np.uint32, "int64": np.int64, "uint64": np.uint64, "float": np.float32,
            "double": np.float64,
        }.items():  # fmt: skip
            x = (floats(what, 2, 5) * 1000).astype(np.int64).astype(dtype)
            yield case(f"murmurhash3_{what}_{sign}", "MurmurHash3", [x], kind, EXACT, positive=positive, seed=7)
    yield case("murmurhash3_default", "MurmurHash3", [texts[0]], TensorProto.UINT32)


def word_conv_embedding():
    words = np.array([[1, 2, 3, 0], [2, 0, 0, 0], [1, 0, 2, 0], [4, 4, 4, 4]], np.int32)
    for window in (1, 2, 4):
        name = f"wordconvembedding_{window}"
        inputs = [words, floats(f"{name} w", 3, 1, window, 5), floats(f"{name} b", 3), floats(f"{name} c", 5, 5)]
        yield case(name, "WordConvEmbedding", inputs, TensorProto.FLOAT, FLOAT, constants=(1, 2, 3))
    attributes = {"embedding_size": 3, "conv_window_size": 4, "char_embedding_size": 5}
    yield case("wordconvembedding_attributes", "WordConvEmbedding", inputs, TensorProto.FLOAT, FLOAT, **attributes)


def maxpool_with_mask():
    for title, shape, planes, attributes in (
        ("1d", (2, 3, 9), (1, 1), {"kernel_shape": [3]}),
        ("2d", (1, 2, 5, 6), (1, 1), {"kernel_shape": [2, 3], "strides": [2, 1]}),
        ("pads", (1, 2, 5, 6), (1, 1), {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}),
        ("planes", (2, 2, 3, 3), (2, 2), {"kernel_shape": [2, 2]}),
        ("channels", (1, 3, 5, 5), (1, 3), {"kernel_shape": [3, 3], "strides": [2, 2]}),
        ("same", (1, 1, 5, 5), (1, 1), {"kernel_shape": [2, 2], "auto_pad": "SAME_UPPER"}),
        ("3d", (1, 1, 3, 4, 4), (1, 1), {"kernel_shape": [2, 2, 2]}),
    ):
        x = floats(f"masked {title}", *shape)
        mask = (random(f"mask {title}").uniform(size=(*planes, *shape[2:])) > 0.3).astype(np.int32)
        yield case(f"maxpoolwithmask_{title}", "MaxpoolWithMask", [x, mask], TensorProto.FLOAT, EXACT, **attributes)


def conv_transpose():
    x, w = floats("transpose x", 1, 4, 4, 3), floats("transpose w", 4, 2, 3, 3)
    zeros = np.zeros(4, np.int64)
    for title, inputs, attributes in (
        ("plain", [x, w, zeros], {}),
        ("pads", [x, w, np.array([1, 0, 1, 2])], {"strides": [2, 2]}),
        ("bias", [x, w, np.array([1, 1, 1, 1]), floats("transpose b", 2)], {"strides": [2, 1]}),
        ("padding", [x, w, np.array([1, 1, 0, 0])], {"strides": [2, 2], "output_padding": [1, 1]}),
        ("dilations", [x, w, np.array([0, 1, 1, 0])], {"dilations": [2, 2]}),
        ("groups", [x, w, zeros], {"group": 2, "kernel_shape": [3, 3]}),
        ("1d", [floats("1d x", 2, 3, 7), floats("1d w", 3, 2, 4), np.array([1, 2])], {"strides": [2]}),
        ("same", [x, w, zeros], {"strides": [2, 2], "auto_pad": "SAME_UPPER"}),
        ("valid", [x, w, np.array([1, 0, 0, 1])], {"strides": [2, 2], "auto_pad": "VALID"}),
    ):
        name = f"convtransposewithdynamicpads_{title}"
        yield case(name, "ConvTransposeWithDynamicPads", inputs, TensorProto.FLOAT, FLOAT, **attributes)


def grid_sample():
    x = floats("grid x", 2, 3, 5, 4)
    grid = random("grid").uniform(-1.4, 1.4, (2, 3, 2, 2)).astype(np.float32)
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            # onnxruntime moves a place to the border first and then takes the pixels around it, which ONNX does not.
            if (mode, padding) == ("bicubic", "border"):
                continue
            for aligned in (0, 1):
                title = f"gridsample_{mode}_{padding}{'_aligned' if aligned else ''}"
                attributes = {"mode": mode, "padding_mode": padding, "align_corners": aligned}
                yield case(title, "GridSample", [x, grid], TensorProto.FLOAT, (1e-4, 1e-5), **attributes)
    yield case("gridsample_default", "GridSample", [x, grid], TensorProto.FLOAT, (1e-4, 1e-5))


def cases():
    families = (
        fused_matmul, fused_gemm, fused_conv, qgemm, qlinear_binary, qlinear_concat, qlinear_where, qlinear_functions,
        qlinear_softmax, qlinear_pools, qlinear_conv, nhwc_max_pool, quantize_linear, linear_algebra, movements,
        murmur_hash, word_conv_embedding, maxpool_with_mask, conv_transpose, grid_sample,
    )  # fmt: skip
    return [each for family in families for each in family()] + graphs.cases()
