"""What makes a drawn node likely to be valid, for operators whose inputs must fit one another."""

import numpy as np
from onnx import TensorProto


def rank(maker, low, high):
    return int(maker.random.integers(low, high + 1))


def axis(maker, count):
    return int(maker.random.integers(-count, count)) if count else 0


def existing(maker, schema, kinds, low, high):
    """A value of the first input's type with a rank in a range, one that is there already where there is one."""
    kind = kinds.get(schema.inputs[0].type_str, schema.inputs[0].type_str)
    fitting = [v for v in maker.values if v.type == kind and low <= v.array.ndim <= high]
    if fitting and maker.chance(0.7):
        return maker.pick(fitting)
    return maker.value(kind, maker.shape(rank(maker, low, high)))


def with_axis(low=1, high=4):
    def recipe(maker, schema, kinds, attributes):
        value = existing(maker, schema, kinds, low, high)
        if "axis" in schema.attributes and maker.chance(0.7):
            attributes["axis"] = axis(maker, value.array.ndim)
        return [value]

    return recipe


def binary(maker, schema, kinds, attributes):
    kind = kinds[schema.inputs[0].type_str]
    first = existing(maker, schema, kinds, 0, 4)
    shape = [1 if maker.chance(0.3) else extent for extent in first.array.shape]
    second = maker.value(kinds.get(schema.inputs[1].type_str, kind), shape[maker.random.integers(0, len(shape) + 1):])
    if schema.name in ("Div", "Mod") and second.array.dtype.kind in "iu":
        second = maker.make(np.where(second.array == 0, 1, second.array).astype(second.array.dtype))
    if schema.name == "Mod":
        attributes["fmod"] = int(first.array.dtype.kind == "f")
    if schema.name == "BitShift":
        second = maker.make((np.abs(second.array.astype(np.int64)) % 8).astype(second.array.dtype))
    return [first, second]


def reduce(maker, schema, kinds, attributes):
    value = existing(maker, schema, kinds, 0, 4)
    count = value.array.ndim
    axes = sorted({axis(maker, count) % count for _ in range(rank(maker, 1, 2))}) if count else []
    attributes.pop("axes", None)
    if not axes or maker.chance(0.3):
        return [value]
    if len(schema.inputs) == 1:
        attributes["axes"] = axes
        return [value]
    return [value, maker.integers([a - count if maker.chance(0.3) else a for a in axes])]


def matmul(maker, schema, kinds, attributes):
    m, k, n = (rank(maker, 1, 5) for _ in range(3))
    stack = maker.shape(rank(maker, 0, 2))
    left = maker.value(kinds[schema.inputs[0].type_str], stack + [m, k] if maker.chance(0.9) else [k])
    right = maker.value(kinds[schema.inputs[1].type_str], (stack if maker.chance(0.5) else []) + [k, n])
    return [left, right]


def gemm(maker, schema, kinds, attributes):
    kind = kinds["T"]
    m, k, n = (rank(maker, 1, 5) for _ in range(3))
    attributes["transA"], attributes["transB"] = int(maker.chance(0.5)), int(maker.chance(0.5))
    inputs = [maker.value(kind, [k, m] if attributes["transA"] else [m, k]),
              maker.value(kind, [n, k] if attributes["transB"] else [k, n])]
    return inputs + ([maker.value(kind, maker.pick([[n], [1, n], [m, 1], [m, n], []]))] if maker.chance(0.6) else [])


def window(maker, attributes, spatial, kernel):
    for name in ("strides", "dilations", "pads", "kernel_shape", "output_shape", "output_padding"):
        attributes.pop(name, None)
    attributes["strides"] = [rank(maker, 1, 2) for _ in range(spatial)]
    if attributes.get("auto_pad", "NOTSET") == "NOTSET" and maker.chance(0.6):
        attributes["pads"] = [rank(maker, 0, max(0, kernel[index % spatial] - 1)) for index in range(2 * spatial)]
    if maker.chance(0.3) and attributes.get("auto_pad", "NOTSET") == "NOTSET":
        attributes["dilations"] = [rank(maker, 1, 2) for _ in range(spatial)]


def conv(transposed=False):
    def recipe(maker, schema, kinds, attributes):
        spatial, group = rank(maker, 1, 2), rank(maker, 1, 2)
        kernel = [rank(maker, 1, 3) for _ in range(spatial)]
        window(maker, attributes, spatial, kernel)
        attributes["group"] = group
        ins, outs = group * rank(maker, 1, 2), group * rank(maker, 1, 2)
        x = maker.value(kinds["T"], [rank(maker, 1, 2), ins] + [rank(maker, 4, 7) for _ in range(spatial)])
        shape = [ins, outs // group] if transposed else [outs, ins // group]
        return [x, maker.value(kinds["T"], shape + kernel)] + (
            [maker.value(kinds["T"], [outs])] if maker.chance(0.5) else [])

    return recipe


def pool(maker, schema, kinds, attributes):
    spatial = rank(maker, 1, 3)
    kernel = [rank(maker, 1, 3) for _ in range(spatial)]
    window(maker, attributes, spatial, kernel)
    attributes["kernel_shape"] = kernel
    attributes.pop("storage_order", None)
    if "p" in attributes:
        attributes["p"] = rank(maker, 1, 3)
    attributes["ceil_mode"] = int(maker.chance(0.3))
    return [maker.value(kinds["T"], [rank(maker, 1, 2), rank(maker, 1, 3)] + [rank(maker, 4, 7) for _ in range(spatial)])]


def image(low=3, high=5):
    def recipe(maker, schema, kinds, attributes):
        return [existing(maker, schema, kinds, low, high)]

    return recipe


def batch_norm(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 2, 4)
    attributes.pop("training_mode", None)
    attributes["outputs"] = 1
    channels = [x.array.shape[1]]
    positive = maker.make(np.abs(maker.array(kinds["T2"], channels)) + np.array(0.1, x.array.dtype))
    return [x, maker.value(kinds["T1"], channels), maker.value(kinds["T1"], channels),
            maker.value(kinds["T2"], channels), positive]


def layer_norm(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 1, 4)
    place = axis(maker, x.array.ndim)
    attributes["axis"] = place
    attributes.pop("stash_type", None)
    attributes["epsilon"] = 1e-3
    shape = list(x.array.shape[place:])
    kind = kinds["T"]
    return [x, maker.value(kind, shape)] + ([maker.value(kind, shape)] if maker.chance(0.5) else [])


def instance_norm(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 3, 4)
    attributes["epsilon"] = 1e-3
    channels = [x.array.shape[1]]
    return [x, maker.value(x.type, channels), maker.value(x.type, channels)]


def top_k(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 1, 3)
    attributes["axis"] = axis(maker, x.array.ndim)
    attributes["sorted"] = 1
    return [x, maker.integers([rank(maker, 0, x.array.shape[attributes["axis"]])])]


def concat(maker, schema, kinds, attributes):
    first = existing(maker, schema, kinds, 1, 4)
    attributes["axis"] = axis(maker, first.array.ndim)
    values = [first]
    for _ in range(rank(maker, 0, 2)):
        shape = list(first.array.shape)
        shape[attributes["axis"]] = rank(maker, 0, 3)
        values.append(maker.value(first.type, shape))
    return values


def split(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 1, 4)
    attributes["axis"] = axis(maker, x.array.ndim)
    extent = x.array.shape[attributes["axis"]]
    attributes.pop("num_outputs", None)
    first = rank(maker, 0, extent)
    attributes["outputs"] = 2
    return [x, maker.integers([first, extent - first])]


def slice_(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 1, 4)
    axes = sorted({axis(maker, x.array.ndim) % x.array.ndim for _ in range(2)})
    draw = lambda choices: maker.integers([maker.pick(choices) for _ in axes])  # noqa: E731
    return [x, draw([0, 1, -1, -3, 5, -9]), draw([0, 2, 9, -1, -9, 2**31]), maker.integers(axes), draw([1, 1, 2, -1, -2])]


def gather(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 1, 4)
    attributes["axis"] = axis(maker, x.array.ndim)
    extent = x.array.shape[attributes["axis"]]
    shape = maker.shape(rank(maker, 0, 2))
    return [x, maker.integers(maker.random.integers(-extent, extent, shape), shape)]


def elements(update):
    def recipe(maker, schema, kinds, attributes):
        x = existing(maker, schema, kinds, 1, 3)
        place = axis(maker, x.array.ndim)
        attributes["axis"] = place
        shape = [rank(maker, 1, extent) if extent else 0 for extent in x.array.shape]
        extent = x.array.shape[place]
        if not update:
            return [x, maker.integers(maker.random.integers(-extent, extent, shape), shape)]
        shape[place] = rank(maker, 0, extent)
        base = maker.random.permutation(extent)[: shape[place]]
        attributes["reduction"] = maker.pick(["none", "add", "mul", "min", "max"])
        wide = [1] * len(shape)
        wide[place] = len(base)
        indices = np.broadcast_to(base.reshape(wide), shape)
        return [x, maker.integers(indices, shape), maker.value(x.type, shape)]

    return recipe


def gather_nd(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 1, 4)
    attributes.pop("batch_dims", None)
    depth = rank(maker, 1, x.array.ndim)
    count = rank(maker, 1, 3)
    indices = np.stack([maker.random.integers(-extent, extent, count) for extent in x.array.shape[:depth]], -1)
    return [x, maker.integers(indices, indices.shape)]


def scatter_nd(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 1, 3)
    attributes["reduction"] = maker.pick(["none", "add", "mul", "min", "max"]) if x.array.dtype != object else "none"
    places = maker.random.permutation(x.array.shape[0])[:2]
    return [x, maker.integers(places.reshape(-1, 1), (len(places), 1)),
            maker.value(x.type, [len(places), *x.array.shape[1:]])]


def reshape(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 0, 4)
    attributes.pop("allowzero", None)
    return [x, maker.integers(maker.pick([[-1], [1, -1], [-1, 1, 1], list(x.array.shape)[::-1], [0, -1]]))]


def expand(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 0, 3)
    target = [maker.pick([1, extent if extent != 1 else 3]) for extent in x.array.shape]
    return [x, maker.integers(([2] if maker.chance(0.3) else []) + target)]


def tile(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 1, 3)
    return [x, maker.integers([rank(maker, 0 if maker.chance(0.1) else 1, 3) for _ in x.array.shape])]


def pad(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 1, 4)
    attributes["mode"] = maker.pick(["constant", "edge", "reflect", "wrap"])
    low = -1 if attributes["mode"] == "constant" else 0
    pads = [rank(maker, low, min(2, max(0, extent - 1))) for extent in x.array.shape * 2]
    return [x, maker.integers(pads)] + ([maker.value(x.type, [])] if maker.chance(0.5) else [])


def transpose(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 0, 5)
    attributes["perm"] = [int(place) for place in maker.random.permutation(x.array.ndim)]
    return [x]


def squeeze(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 1, 4)
    ones = [place for place, extent in enumerate(x.array.shape) if extent == 1]
    return [x, maker.integers(ones)] if ones and maker.chance(0.7) else [x]


def unsqueeze(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 0, 3)
    return [x, maker.integers(sorted({axis(maker, x.array.ndim + 1) % (x.array.ndim + 1)}))]


def resize(maker, schema, kinds, attributes):
    kinds[schema.inputs[0].type_str] = "tensor(float)"
    x = maker.value("tensor(float)", [1, rank(maker, 1, 2), rank(maker, 1, 6), rank(maker, 1, 6)])
    for name in ("axes", "antialias", "exclude_outside", "keep_aspect_ratio_policy", "extrapolation_value", "cubic_coeff_a"):
        attributes.pop(name, None)
    attributes["mode"] = maker.pick(["nearest", "linear", "cubic"])
    if maker.chance(0.5):
        sizes = [*x.array.shape[:2], rank(maker, 1, 9), rank(maker, 1, 9)]
        return [x, None, None, maker.integers(sizes)]
    scales = np.array([1, 1, maker.pick([0.5, 1.5, 2, 3]), maker.pick([0.5, 1, 2, 2.5])], np.float32)
    return [x, None, maker.make(scales, fixed=True)]


def cast(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 0, 4)
    target = maker.pick([1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13])
    if x.array.dtype == object:
        return None
    if x.array.dtype.kind == "f" and target not in (1, 9, 10, 11):
        if not np.all(np.isfinite(x.array)) or np.any(np.abs(x.array) > 100) or (
                target in (2, 4, 12, 13) and np.any(x.array < 0)):
            return None
    attributes["to"] = target
    attributes.pop("saturate", None)
    return [x]


def where(maker, schema, kinds, attributes):
    first = maker.value(kinds["T"])
    shape = list(first.array.shape)
    return [maker.value("tensor(bool)", shape[maker.random.integers(0, len(shape) + 1):]), first, maker.value(kinds["T"], shape)]


def cum_sum(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 1, 3)
    attributes["exclusive"], attributes["reverse"] = int(maker.chance(0.5)), int(maker.chance(0.5))
    return [x, maker.integers([axis(maker, x.array.ndim)], [])]


def one_hot(maker, schema, kinds, attributes):
    shape = maker.shape(rank(maker, 0, 2))
    attributes["axis"] = axis(maker, len(shape) + 1)
    return [maker.integers(maker.random.integers(-4, 4, shape), shape), maker.integers([4], []),
            maker.value(kinds["T3"], [2])]


def range_(maker, schema, kinds, attributes):
    kind = kinds["T"]
    dtype = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int16)": np.int16,
             "tensor(int32)": np.int32, "tensor(int64)": np.int64}[kind]
    return [maker.make(np.array(maker.pick(choices), dtype)) for choices in ([0, 1, 5], [3, 9, -4], [1, 2, -1])]


def trilu(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 2, 4)
    return [x] + ([maker.integers([rank(maker, -3, 3)], [])] if maker.chance(0.6) else [])


def constant_of_shape(maker, schema, kinds, attributes):
    attributes.clear()
    return [maker.integers(maker.shape(rank(maker, 0, 3)))]


def blocks(maker, schema, kinds, attributes):
    attributes["blocksize"] = 2
    attributes.pop("mode", None)
    deep = schema.name == "DepthToSpace"
    kind = kinds[schema.inputs[0].type_str]
    return [maker.value(kind, [1, 4, 2, 3] if deep else [1, 2, 4, 6])]


def quantize(maker, schema, kinds, attributes):
    back = schema.name == "DequantizeLinear"
    x = existing(maker, schema, kinds, 1, 3) if not back else maker.value(kinds["T1"], maker.shape(rank(maker, 1, 3)))
    if not back and not np.all(np.isfinite(x.array)):
        return None
    attributes.clear()
    place = axis(maker, x.array.ndim)
    attributes["axis"] = place
    shape = [x.array.shape[place]] if maker.chance(0.5) and x.array.ndim > 1 else []
    scale = maker.make((np.abs(maker.array("tensor(float)", shape)) + 0.1).astype(np.float32 if x.array.dtype.kind != "f" else x.array.dtype))
    if not np.all(np.isfinite(scale.array)):
        return None
    zero = kinds["T1"] if back else maker.pick(["tensor(uint8)", "tensor(int8)"])
    if zero == "tensor(int32)":
        return [x, scale]
    return [x, scale] + ([maker.value(zero, shape)] if maker.chance(0.7) or not back else [])


def matmul_integer(maker, schema, kinds, attributes):
    inputs = matmul(maker, schema, kinds, attributes)
    zeros = [maker.value(value.type, []) for value in inputs]
    return inputs + (zeros if maker.chance(0.6) else [])


def einsum(maker, schema, kinds, attributes):
    kind = "tensor(float)" if maker.chance(0.7) else "tensor(double)"
    equation, shapes = maker.pick([
        ("ij,jk->ik", ([2, 3], [3, 4])), ("bij,bjk->bik", ([2, 2, 3], [2, 3, 4])), ("ij->ji", ([2, 3],)),
        ("ii->i", ([3, 3],)), ("...ij,...jk->...ik", ([2, 3, 4], [2, 4, 2])), ("i,j->ij", ([2], [3])),
        ("ij->", ([2, 3],)), ("bhwc,hkc->bhwk", ([1, 2, 3, 2], [2, 4, 2])),
    ])
    attributes["equation"] = equation
    return [maker.value(kind, list(shape)) for shape in shapes]


def recurrent(gates):
    def recipe(maker, schema, kinds, attributes):
        kind = "tensor(float)"
        attributes.clear()
        attributes["direction"] = maker.pick(["forward", "reverse", "bidirectional"])
        directions = 2 if attributes["direction"] == "bidirectional" else 1
        steps, batch, width, hidden = rank(maker, 1, 4), rank(maker, 1, 2), rank(maker, 1, 3), rank(maker, 1, 3)
        attributes["hidden_size"] = hidden
        if gates == 3 and maker.chance(0.5):
            attributes["linear_before_reset"] = 1
        attributes["outputs"] = 2
        inputs = [maker.value(kind, [steps, batch, width]), maker.value(kind, [directions, gates * hidden, width]),
                  maker.value(kind, [directions, gates * hidden, hidden])]
        if maker.chance(0.5):
            inputs.append(maker.value(kind, [directions, 2 * gates * hidden]))
        return inputs

    return recipe


def clip(maker, schema, kinds, attributes):
    x = existing(maker, schema, kinds, 0, 4)
    low, high = (maker.value(x.type, []) for _ in range(2))
    return maker.pick([[x], [x, low], [x, None, high]])


def isolated(maker, schema, kinds, attributes):
    attributes.pop("training_mode", None)
    return [existing(maker, schema, kinds, 0, 4)]


def arg(maker, schema, kinds, attributes):
    inputs = with_axis(1, 4)(maker, schema, kinds, attributes)
    return inputs if not np.any(np.isnan(inputs[0].array.astype(np.float64))) else None


def grid_sample(maker, schema, kinds, attributes):
    attributes["mode"] = maker.pick(["linear", "nearest", "cubic"])
    grid = maker.make(maker.random.uniform(-1.2, 1.2, [1, 3, 4, 2]).astype(np.float32))
    return [maker.value("tensor(float)", [1, 2, 4, 5]), grid]


def moments(maker, schema, kinds, attributes):
    attributes["axes"] = [0, 2] if maker.chance(0.5) else [1]
    return [existing(maker, schema, kinds, 3, 4)]


def categories(maker, schema, kinds, attributes):
    attributes.clear()
    attributes["zeros"] = 1
    text = kinds["T"] == "tensor(string)"
    attributes["cats_strings" if text else "cats_int64s"] = ["a", "b", "ab"] if text else [0, 1, 2, 4]
    return features(maker, schema, kinds, attributes)


def imputer(maker, schema, kinds, attributes):
    inputs = features(maker, schema, kinds, attributes)
    attributes.clear()
    if inputs[0].array.dtype.kind == "f":
        attributes["imputed_value_floats"], attributes["replaced_value_float"] = [1.5], float("nan")
    else:
        attributes["imputed_value_int64s"], attributes["replaced_value_int64"] = [7], 0
    return inputs


def features(maker, schema, kinds, attributes):
    return [maker.value(kinds[schema.inputs[0].type_str], [rank(maker, 1, 4), rank(maker, 1, 4)])]


def scaler(maker, schema, kinds, attributes):
    inputs = features(maker, schema, kinds, attributes)
    count = inputs[0].array.shape[1]
    attributes["offset"] = [float(v) for v in maker.random.normal(size=count)]
    attributes["scale"] = [float(v) for v in maker.random.normal(size=count)]
    return inputs


def linear(maker, schema, kinds, attributes):
    inputs = features(maker, schema, kinds, attributes)
    count, targets = inputs[0].array.shape[1], rank(maker, 2, 3)
    attributes.clear()
    attributes["coefficients"] = [float(v) for v in maker.random.normal(size=count * targets)]
    attributes["intercepts"] = [float(v) for v in maker.random.normal(size=targets)]
    attributes["post_transform"] = maker.pick(["NONE", "SOFTMAX", "LOGISTIC"])
    if schema.name == "LinearClassifier":
        attributes["classlabels_ints"] = list(range(targets))
        attributes["outputs"] = 2
    else:
        attributes["targets"] = targets
    return inputs


RECIPES = {
    **{name: binary for name in (
        "Add", "And", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Equal", "Greater", "GreaterOrEqual",
        "Less", "LessOrEqual", "Mod", "Mul", "Or", "PRelu", "Pow", "Sub", "Xor")},
    **{name: reduce for name in (
        "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd",
        "ReduceSum", "ReduceSumSquare")},
    **{name: pool for name in ("AveragePool", "LpPool", "MaxPool")},
    **{name: image() for name in ("GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool")},
    **{name: with_axis() for name in ("Flatten", "Hardmax", "LogSoftmax", "LpNormalization", "Softmax")},
    "ArgMax": arg, "ArgMin": arg, "BatchNormalization": batch_norm, "Cast": cast, "Clip": clip, "Concat": concat,
    "ConstantOfShape": constant_of_shape, "Conv": conv(), "ConvTranspose": conv(True), "CumSum": cum_sum,
    "DepthToSpace": blocks, "DequantizeLinear": quantize, "Dropout": isolated, "Einsum": einsum, "Expand": expand,
    "Gather": gather, "GatherElements": elements(False), "GatherND": gather_nd, "Gemm": gemm, "GridSample": grid_sample,
    "GRU": recurrent(3), "Imputer": imputer, "InstanceNormalization": instance_norm, "LayerNormalization": layer_norm,
    "LinearClassifier": linear, "LinearRegressor": linear, "LSTM": recurrent(4), "MatMul": matmul,
    "MatMulInteger": matmul_integer, "MeanVarianceNormalization": moments, "Normalizer": features, "OneHot": one_hot,
    "OneHotEncoder": categories, "Pad": pad, "QuantizeLinear": quantize,
    "Range": range_, "Reshape": reshape, "Resize": resize, "RNN": recurrent(1), "Scaler": scaler,
    "ScatterElements": elements(True), "ScatterND": scatter_nd, "Slice": slice_, "SpaceToDepth": blocks, "Split": split,
    "Squeeze": squeeze, "Tile": tile, "TopK": top_k, "Transpose": transpose, "Trilu": trilu, "Unsqueeze": unsqueeze,
    "Where": where,
}
