"""Writes cases of ai.onnx.ml in the layout of ONNX's node tests, with the outputs of ONNX Runtime.

python3 make.py, with numpy 2.4.6, onnx 1.23.2 and onnxruntime 1.32.0; the seed is 7.
"""

import itertools
import os
import shutil

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

assert onnx.__version__ == "1.23.2" and onnxruntime.__version__ == "1.32.0"
random = numpy.random.default_rng(7)
ML = "ai.onnx.ml"


def numbers(*shape):
    return random.normal(size=shape).astype(numpy.float32)


def case(name, op, inputs, outputs, opset=3, **attributes):
    names = [f"x{i}" for i in range(len(inputs))]
    node = helper.make_node(op, names, [n for n, _ in outputs], domain=ML, **attributes)
    kind = lambda a: TensorProto.STRING if a.dtype == object else helper.np_dtype_to_tensor_dtype(a.dtype)
    graph = helper.make_graph(
        [node],
        name,
        [helper.make_tensor_value_info(n, kind(a), a.shape) for n, a in zip(names, inputs)],
        [helper.make_tensor_value_info(n, t, None) for n, t in outputs],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(ML, opset)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets, producer_name="make.py")
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    results = session.run(None, dict(zip(names, inputs)))
    shutil.rmtree(name, ignore_errors=True)
    os.makedirs(name + "/test_data_set_0")
    onnx.save(model, name + "/model.onnx")
    for side, arrays, labels in (("input", inputs, names), ("output", results, [n for n, _ in outputs])):
        for index, (array, label) in enumerate(zip(arrays, labels)):
            with open(f"{name}/test_data_set_0/{side}_{index}.pb", "wb") as file:
                file.write(numpy_helper.from_array(numpy.asarray(array), label).SerializeToString())


FLOAT, INT, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING
x = numbers(6, 4)
transforms = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"]

# Linear models
for transform in transforms:
    suffix = transform.lower()
    if transform != "PROBIT":
        case(f"linear_classifier_{suffix}", "LinearClassifier", [x], [("label", INT), ("scores", FLOAT)],
             coefficients=numbers(12).tolist(), intercepts=numbers(3).tolist(), classlabels_ints=[3, 1, 2],
             post_transform=transform)
    if transform in ("NONE", "LOGISTIC", "SOFTMAX"):
        case(f"linear_classifier_strings_{suffix}", "LinearClassifier", [x], [("label", STRING), ("scores", FLOAT)],
             coefficients=numbers(8).tolist(), intercepts=numbers(2).tolist(), classlabels_strings=["no", "yes"],
             post_transform=transform)
    if transform in ("NONE", "SOFTMAX", "LOGISTIC"):
        case(f"linear_regressor_{suffix}", "LinearRegressor", [x], [("y", FLOAT)],
             coefficients=numbers(8).tolist(), intercepts=numbers(2).tolist(), targets=2, post_transform=transform)
case("linear_regressor_no_intercept", "LinearRegressor", [x], [("y", FLOAT)], coefficients=numbers(4).tolist())


# Trees of depth 2 over the four features; thresholds are values of x, so that equality decides some
def trees(count, modes, missing=False):
    attributes = {f"nodes_{n}": [] for n in ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids",
                                             "falsenodeids", "missing_value_tracks_true")}
    for tree in range(count):
        for node in range(7):
            inner = node < 3
            attributes["nodes_treeids"].append(tree)
            attributes["nodes_nodeids"].append(node)
            attributes["nodes_featureids"].append(int(random.integers(4)) if inner else 0)
            attributes["nodes_modes"].append(next(modes) if inner else "LEAF")
            feature = attributes["nodes_featureids"][-1]
            attributes["nodes_values"].append(float(x[random.integers(6), feature]) if inner else 0.0)
            attributes["nodes_truenodeids"].append(2 * node + 1 if inner else 0)
            attributes["nodes_falsenodeids"].append(2 * node + 2 if inner else 0)
            attributes["nodes_missing_value_tracks_true"].append(int(random.integers(2)) if missing else 0)
    if not missing:
        del attributes["nodes_missing_value_tracks_true"]
    return attributes


def leaves(prefix, count, targets, per_leaf=1, positive=False):
    attributes = {f"{prefix}_{n}": [] for n in ("treeids", "nodeids", "ids", "weights")}
    for tree, node in itertools.product(range(count), range(3, 7)):
        for target in random.choice(targets, per_leaf, replace=False):
            attributes[f"{prefix}_treeids"].append(tree)
            attributes[f"{prefix}_nodeids"].append(node)
            attributes[f"{prefix}_ids"].append(int(target))
            weight = random.normal()
            attributes[f"{prefix}_weights"].append(float(abs(weight) / 4 if positive else weight))
    return attributes


def same(mode):
    return itertools.repeat(mode)


gaps = x.copy()
gaps[::2, 1] = numpy.nan
gaps[1::3, 2] = numpy.nan
for mode in ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"):
    case(f"tree_regressor_{mode[7:].lower()}", "TreeEnsembleRegressor", [x], [("y", FLOAT)], n_targets=1,
         **trees(3, same(mode)), **leaves("target", 3, 1))
case("tree_regressor_mixed_modes", "TreeEnsembleRegressor", [x], [("y", FLOAT)], n_targets=1,
     **trees(2, itertools.cycle(["BRANCH_LT", "BRANCH_GTE", "BRANCH_LEQ", "BRANCH_GT"])), **leaves("target", 2, 1))
case("tree_regressor_missing", "TreeEnsembleRegressor", [gaps], [("y", FLOAT)], n_targets=1,
     **trees(4, same("BRANCH_LT"), missing=True), **leaves("target", 4, 1))
for aggregate in ("SUM", "AVERAGE", "MIN", "MAX"):
    case(f"tree_regressor_{aggregate.lower()}", "TreeEnsembleRegressor", [x], [("y", FLOAT)], n_targets=1,
         aggregate_function=aggregate, base_values=[0.5], **trees(3, same("BRANCH_LEQ")), **leaves("target", 3, 1))
    case(f"tree_regressor_targets_{aggregate.lower()}", "TreeEnsembleRegressor", [x], [("y", FLOAT)], n_targets=3,
         aggregate_function=aggregate, **trees(3, same("BRANCH_LEQ")), **leaves("target", 3, 3, per_leaf=2))
for transform in transforms:
    case(f"tree_classifier_{transform.lower()}", "TreeEnsembleClassifier", [x], [("label", INT), ("scores", FLOAT)],
         classlabels_int64s=[5, 7, 6], post_transform=transform, base_values=[0.1, 0.2, 0.3],
         **trees(3, same("BRANCH_LEQ")), **leaves("class", 3, 3, positive=transform == "PROBIT"))
# One score for two classes. Left out are LOGISTIC and SOFTMAX where ONNX Runtime departs from onnx.reference: it takes
# 0.5 of the score before the transform for the border when no weight is negative, and transforms no pair by SOFTMAX.
for transform, positive in (("NONE", False), ("NONE", True), ("LOGISTIC", False)):
    name = f"tree_classifier_binary_{transform.lower()}" + ("_positive" if positive else "")
    case(name, "TreeEnsembleClassifier", [x], [("label", STRING), ("scores", FLOAT)],
         classlabels_strings=["no", "yes"], post_transform=transform, **trees(2, same("BRANCH_LT")),
         **leaves("class", 2, 1, positive=positive))

# Preprocessing
case("scaler", "Scaler", [x], [("y", FLOAT)], offset=numbers(4).tolist(), scale=numbers(4).tolist())
case("scaler_scalar", "Scaler", [x.astype(numpy.float64)], [("y", FLOAT)], offset=[1.5], scale=[0.25])
case("scaler_int64", "Scaler", [numpy.arange(8).reshape(2, 4)], [("y", FLOAT)], offset=numbers(4).tolist(),
     scale=numbers(4).tolist())
for norm in ("MAX", "L1", "L2"):
    case(f"normalizer_{norm.lower()}", "Normalizer", [numpy.abs(x)], [("y", FLOAT)], norm=norm)
case("normalizer_l2_signs", "Normalizer", [x], [("y", FLOAT)], norm="L2")
case("imputer_nan", "Imputer", [gaps], [("y", FLOAT)], imputed_value_floats=numbers(4).tolist(),
     replaced_value_float=float("nan"))
case("imputer_one_value", "Imputer", [gaps], [("y", FLOAT)], imputed_value_floats=[9.0],
     replaced_value_float=float("nan"))
case("imputer_int64", "Imputer", [numpy.arange(8).reshape(2, 4) % 3], [("y", INT)],
     imputed_value_int64s=[10, 20, 30, 40], replaced_value_int64=2)
case("one_hot_encoder_int64", "OneHotEncoder", [numpy.array([[1, 3], [9, 2]])], [("y", FLOAT)],
     cats_int64s=[1, 2, 3], zeros=1)
case("one_hot_encoder_strings", "OneHotEncoder", [numpy.array(["b", "a", "z"], dtype=object)], [("y", FLOAT)],
     cats_strings=["a", "b"], zeros=1)
case("one_hot_encoder_float", "OneHotEncoder", [numpy.array([2, 1], dtype=numpy.float32)], [("y", FLOAT)],
     cats_int64s=[1, 2], zeros=0)
case("feature_vectorizer", "FeatureVectorizer", [x, numbers(6, 2)], [("y", FLOAT)], inputdimensions=[4, 2])
case("binarizer", "Binarizer", [x], [("y", FLOAT)], threshold=0.25)
case("array_feature_extractor", "ArrayFeatureExtractor", [x, numpy.array([[2, 0]])], [("y", FLOAT)])
case("label_encoder_strings_int64", "LabelEncoder", [numpy.array([["a", "z"], ["b", "a"]], dtype=object)],
     [("y", INT)], keys_strings=["a", "b"], values_int64s=[4, 5], default_int64=-7)
case("label_encoder_int64_strings", "LabelEncoder", [numpy.array([2, 1, 9])], [("y", STRING)], keys_int64s=[1, 2],
     values_strings=["one", "two"], default_string="other")
case("label_encoder_float_float", "LabelEncoder", [numpy.array([1, 2, 3], dtype=numpy.float32)],
     [("y", FLOAT)], keys_floats=[1.0, 2.0], values_floats=[10.0, 20.0], default_float=-1.0)
case("label_encoder_nan", "LabelEncoder", [numpy.array([1, numpy.nan, 3], dtype=numpy.float32)], [("y", FLOAT)],
     opset=4, keys_floats=[1.0, float("nan")], values_floats=[10.0, 20.0], default_float=-1.0)
case("label_encoder_first_version", "LabelEncoder", [numpy.array(["b", "q"], dtype=object)], [("y", INT)], opset=1,
     classes_strings=["a", "b"], default_int64=-3)
