#!/usr/bin/env python3
"""Writes cases of the operators of `ai.onnx.ml` and of text, in the layout that `mlpack conformance` reads.

    write-ml-cases.py FOLDER

Models and inputs are random, seeded by the name of the case; the outputs are onnxruntime's. Where onnxruntime lacks a
type, it runs on another; where it departs from the standard, the outputs come from NumPy, and a comment says why.
"""

import itertools
import pathlib
import shutil
import sys
import zlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

SEED = 20261124
ML = "ai.onnx.ml"
TRANSFORMS = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"]
NUMBERS = {"float": np.float32, "double": np.float64, "int32": np.int32, "int64": np.int64}


# Values and models


def element_type(array):
    return TensorProto.STRING if array.dtype == object else helper.np_dtype_to_tensor_dtype(array.dtype)


def map_type(value):
    key, entry = next(iter(value.items()))
    return helper.make_map_type_proto(
        TensorProto.STRING if isinstance(key, str) else TensorProto.INT64,
        helper.make_tensor_type_proto(element_type(np.asarray(entry, object if isinstance(entry, str) else None)), []),
    )


def value_info(name, value):
    """The name and type of a value; the shape is left open."""
    if isinstance(value, dict):
        return onnx.ValueInfoProto(name=name, type=map_type(value))
    if isinstance(value, list):
        return onnx.ValueInfoProto(name=name, type=helper.make_sequence_type_proto(map_type(value[0])))
    return helper.make_tensor_value_info(name, element_type(value), None)


def map_proto(value, name):
    key, entry = next(iter(value.items()))
    proto = onnx.MapProto(name=name)
    if isinstance(key, str):
        proto.key_type = TensorProto.STRING
        proto.string_keys.extend(each.encode() for each in value)
    else:
        proto.key_type = TensorProto.INT64
        proto.keys.extend(value)
    dtype = object if isinstance(entry, str) else np.asarray(entry).dtype
    proto.values.elem_type = onnx.SequenceProto.TENSOR
    proto.values.tensor_values.extend(numpy_helper.from_array(np.array(each, dtype), "") for each in value.values())
    return proto


def message(name, value):
    if isinstance(value, dict):
        return map_proto(value, name)
    if isinstance(value, list):
        elements = [map_proto(each, "") for each in value]
        return onnx.SequenceProto(name=name, elem_type=onnx.SequenceProto.MAP, map_values=elements)
    return numpy_helper.from_array(value, name)


def make_model(operator, inputs, output_infos, domain, opset, attributes):
    names = [f"x{index}" for index in range(len(inputs))]
    node = helper.make_node(operator, names, [info.name for info in output_infos], domain=domain, **attributes)
    infos = [value_info(name, value) for name, value in zip(names, inputs)]
    imports = [helper.make_opsetid(domain, opset)] + ([helper.make_opsetid("", 20)] if domain else [])
    graph = helper.make_graph([node], operator, infos, output_infos)
    return helper.make_model(graph, opset_imports=imports, ir_version=10)


def run(operator, inputs, output_count=1, domain=ML, opset=1, **attributes):
    """The outputs that onnxruntime has for a node."""
    outputs = [onnx.ValueInfoProto(name=f"y{index}") for index in range(output_count)]
    model = make_model(operator, inputs, outputs, domain, opset, attributes)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {f"x{index}": value for index, value in enumerate(inputs)})


class Writer:
    def __init__(self, target):
        self.target = target
        self.count = 0

    def case(self, title, operator, inputs, expected=None, output_count=1, domain=ML, opset=1, **attributes):
        """Writes a case; its outputs are onnxruntime's unless others are expected."""
        if expected is None:
            expected = run(operator, inputs, output_count, domain, opset, **attributes)
        outputs = [value_info(f"y{index}", value) for index, value in enumerate(expected)]
        model = make_model(operator, inputs, outputs, domain, opset, attributes)
        name = f"ml_{operator.lower()}_{title}"
        folder = self.target / name / "test_data_set_0"
        folder.mkdir(parents=True)
        (folder.parent / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
        for kind, prefix, values in (("input", "x", inputs), ("output", "y", expected)):
            for index, value in enumerate(values):
                text = message(f"{prefix}{index}", value).SerializeToString(deterministic=True)
                (folder / f"{kind}_{index}.pb").write_bytes(text)
        self.count += 1


def generator(*words):
    return np.random.default_rng(zlib.crc32(" ".join(map(str, words)).encode()) + SEED)


def eighths(random, *shape):
    """Multiples of 1/8, which add up without rounding."""
    return random.integers(-24, 25, shape) / 8


def features(random, rows=7, columns=4, dtype=np.float32, missing=0.0):
    """Small multiples of 1/2, so that some are equal to thresholds."""
    numbers = random.integers(-6, 7, (rows, columns)) / (2 if np.dtype(dtype).kind == "f" else 1)
    numbers = numbers.astype(dtype)
    if missing:
        numbers[random.random(numbers.shape) < missing] = np.nan
    return numbers


def texts(*words):
    return np.array(words, object)


# What the standard says of scores, in NumPy


def transformed(scores, name):
    """`post_transform` of rows of scores."""
    x = np.asarray(scores, np.float64)
    with np.errstate(all="ignore"):
        if name == "LOGISTIC":
            x = 1 / (1 + np.exp(-x))
        elif name == "SOFTMAX":
            x = np.exp(x - x.max(1, keepdims=True))
            x /= x.sum(1, keepdims=True)
        elif name == "SOFTMAX_ZERO":
            x = np.where(np.abs(x) > 1e-7, np.exp(x - x.max(1, keepdims=True)), 0)
            x /= np.maximum(x.sum(1, keepdims=True), 1e-300)
        elif name == "PROBIT":
            y = 2 * x - 1
            log = np.log((1 - y) * (1 + y))
            v = 2 / (np.pi * 0.147) + log / 2
            x = np.sqrt(2) * np.sign(y) * np.sqrt(np.sqrt(v * v - log / 0.147) - v)
    return x.astype(np.float32)


def labelled(winners, labels):
    return np.array(labels, object if isinstance(labels[0], str) else np.int64)[np.asarray(winners)]


# Text


def text_operators(writer):
    words = ["a", "b", "c", "de", "\u00e9", ""]
    for title, left, right in (
        ("rows", (2, 3), (3,)),
        ("outer", (3, 1), (1, 4)),
        ("empty", (0, 3), (3,)),
        ("scalars", (), ()),
    ):
        random = generator("concat", title)
        inputs = [np.array(random.choice(words, shape), object) for shape in (left, right)]
        writer.case(title, "StringConcat", inputs, domain="", opset=20)
    x = texts("  a  b c ", "a,b,,c,", ",", "xabab", "ab", "no break ", "\u03b1\u2192\u03b2")
    for title, attributes in {
        "space": {},
        "space_once": {"maxsplit": 1},
        "space_never": {"maxsplit": 0},
        "comma": {"delimiter": ","},
        "comma_twice": {"delimiter": ",", "maxsplit": 2},
        "letters": {"delimiter": "ab"},
        "arrow": {"delimiter": "\u2192"},
        "unlimited": {"delimiter": ",", "maxsplit": -1},
    }.items():
        writer.case(title, "StringSplit", [x], output_count=2, domain="", opset=20, **attributes)
    # onnxruntime finds no part in an empty string, ONNX's own evaluator one that is empty.
    expected = [np.array([["", ""], ["a", "b"]], object), np.array([1, 2])]
    writer.case("empty", "StringSplit", [texts("", "a,b")], expected, domain="", opset=20, delimiter=",")
    # onnxruntime takes a space only for white space.
    expected = [np.array([["u", "v", "w", "x"]], object), np.array([4])]
    writer.case("unicode_space", "StringSplit", [texts("\u2003u\u00a0v\t\u2003w\nx")], expected, domain="", opset=20)

    # onnxruntime asks for locales that a machine need not have; Python's mappings are those of Unicode, as ours.
    x = texts("Monday", "monday", "Stra\u00dfe", "\u00c9T\u00c9", "", "tuesday", "\u0130I")
    for action, sensitive, stops in itertools.product(("NONE", "LOWER", "UPPER"), (0, 1), ([], ["MONDAY", "tuesday"])):
        kept = [word for word in x if word not in stops]
        if not sensitive:
            kept = [word for word in x if word.lower() not in [stop.lower() for stop in stops]]
        change = {"NONE": str, "LOWER": str.lower, "UPPER": str.upper}[action]
        attributes = {"case_change_action": action, "is_case_sensitive": sensitive}
        if stops:
            attributes["stopwords"] = stops
        title = f"{action.lower()}_{'exact' if sensitive else 'any_case'}_{'stops' if stops else 'plain'}"
        expected = texts(*map(change, kept))
        shaped, wanted = (x[None], expected[None]) if sensitive else (x, expected)
        writer.case(title, "StringNormalizer", [shaped], [wanted], domain="", opset=10, **attributes)


def tfidf(writer):
    kinds = ("int32", "int64", "string")
    ways = itertools.product((0, 2), ((1, 1), (1, 2), (2, 3)), ("TF", "IDF", "TFIDF"))
    for number, (skips, (least, most), mode) in enumerate(ways):
        kind = kinds[(number + number // 3) % 3]
        title = f"{mode.lower()}_{kind}_{least}_to_{most}_skips_{skips}"
        random = generator("tfidf", title)
        grams = [set(), set(), set()]
        for length, found in enumerate(grams, 1):
            while len(found) < 2 + length:
                found.add(tuple(random.integers(0, 4, length).tolist()))
        pool = [token for found in grams for gram in sorted(found) for token in gram]
        starts = np.cumsum([0, 3, 8]).tolist()
        count = sum(map(len, grams))
        x = random.integers(0, 5, (3, 9))
        attributes = {"ngram_indexes": random.permutation(count).tolist()}
        if kind == "string":
            x = np.array([[f"t{token}" for token in row] for row in x], object)
            attributes["pool_strings"] = [f"t{token}" for token in pool]
        else:
            x = x.astype(NUMBERS[kind])
            attributes["pool_int64s"] = pool
        if mode != "TF" and skips:
            attributes["weights"] = [float(weight) for weight in eighths(random, count)]
        writer.case(
            title,
            "TfIdfVectorizer",
            [x if skips else x[0]],
            domain="",
            opset=9,
            mode=mode,
            min_gram_length=least,
            max_gram_length=most,
            max_skip_count=skips,
            ngram_counts=starts,
            **attributes,
        )
    writer.case(
        "gaps_between_columns",
        "TfIdfVectorizer",
        [np.array([1, 2, 2, 3], np.int64)],
        domain="",
        opset=9,
        mode="TFIDF",
        min_gram_length=1,
        max_gram_length=1,
        max_skip_count=0,
        ngram_counts=[0],
        ngram_indexes=[4, 0, 1],
        pool_int64s=[1, 2, 3],
        weights=[10.0, 100.0, 1000.0],
    )


# Features


def simple_operators(writer):
    for kind, dtype in NUMBERS.items():
        random = generator("simple", kind)
        x = features(random, dtype=dtype)
        # onnxruntime compares floats only.
        writer.case(f"of_{kind}", "Binarizer", [x], [(x > 0.5).astype(dtype)], threshold=0.5)
        for norm in ("MAX", "L1", "L2"):
            rows = np.vstack([x, np.zeros((1, 4)), -np.abs(x[:1]) - 1]).astype(dtype)
            writer.case(f"{norm.lower()}_of_{kind}", "Normalizer", [rows], norm=norm)
        scales = {"offset": [0.5, -1.0, 2.0, 0.0], "scale": [2.0, 0.5, -1.0, 4.0]}
        writer.case(f"of_{kind}", "Scaler", [x], **scales)
        writer.case(f"of_one_{kind}_vector", "Scaler", [x[0]], **scales)
        writer.case(f"alike_of_{kind}", "Scaler", [x], offset=[1.5], scale=[3.0])
        writer.case(f"of_{kind}", "FeatureVectorizer", [x, x[:, :2], x], inputdimensions=[4, 2, 4])
        writer.case(f"cut_and_filled_{kind}", "FeatureVectorizer", [x, x[:, :2]], inputdimensions=[3, 4])
        writer.case(f"vectors_of_{kind}", "FeatureVectorizer", [x[0], x[1]], inputdimensions=[4, 4])
        for title, y in (("matrix", x), ("vector", x[0]), ("cube", x[:6].reshape(2, 3, 4))):
            indices = np.array([3, 0, 0], np.int64)
            writer.case(f"{title}_of_{kind}", "ArrayFeatureExtractor", [y, indices])
            # onnxruntime has no kernel for `int32`.
            encoded = {"cats_int64s": [-1, 0, 2, 3], "zeros": 1}
            expected = run("OneHotEncoder", [y.astype(np.int64)], **encoded) if kind == "int32" else None
            writer.case(f"{title}_of_{kind}", "OneHotEncoder", [y], expected, **encoded)
    writer.case("one_vector", "Normalizer", [np.array([1, -3, 2], np.float32)], norm="L1")
    letters = np.array([["a", "c"], ["b", "a"], ["z", ""]], object)
    writer.case("matrix_of_string", "OneHotEncoder", [letters], cats_strings=["a", "b", "c"], zeros=1)
    writer.case("vector_of_string", "OneHotEncoder", [letters[0]], cats_strings=["a", "b", "c"], zeros=0)
    writer.case("matrix_of_string", "ArrayFeatureExtractor", [letters, np.array([[1, 0]], np.int64)])
    # Large numbers differ by less than `float` tells apart.
    large = np.array([[2**40 + 3, 2**40 - 5]], np.int64)
    expected = [np.array([[3, -5]], np.float32)]
    writer.case("of_large_numbers", "Scaler", [large], expected, offset=[float(2**40)], scale=[1.0])

    x = np.array([[1, np.nan, 0], [np.nan, 2, 0], [0, -1, 5]], np.float32)
    for title, values, missing in (
        ("nan_alike", [7.0], float("nan")),
        ("nan", [7.0, 8.0, 9.0], float("nan")),
        ("zeros", [7.0, 8.0, 9.0], 0.0),
    ):
        attributes = {"imputed_value_floats": values, "replaced_value_float": missing}
        writer.case(title, "Imputer", [x], **attributes)
        # onnxruntime takes `float` and `int64` only.
        expected = run("Imputer", [x], **attributes)[0].astype(np.float64)
        writer.case(f"{title}_of_double", "Imputer", [x.astype(np.float64)], [expected], **attributes)
    writer.case("vector", "Imputer", [x[0]], imputed_value_floats=[1.0, 2.0, 3.0], replaced_value_float=0.0)
    numbers = np.array([[2**60 + 1, 0], [0, -1]], np.int64)
    attributes = {"imputed_value_int64s": [2**60 + 3, 4], "replaced_value_int64": 0}
    writer.case("of_int64", "Imputer", [numbers], **attributes)
    small = np.array([[5, 0], [0, -1]], np.int32)
    expected = [np.array([[5, 9], [9, -1]], np.int32)]
    writer.case("of_int32", "Imputer", [small], expected, imputed_value_int64s=[9], replaced_value_int64=0)

    scores = features(generator("zipmap"), 3, 4)
    for title, x, labels in (
        ("integers", scores, [4, 9, -1, 0]),
        ("strings", scores, ["a", "b", "c", "d"]),
        ("vector", scores[0], ["d", "b", "a", "c"]),
    ):
        attributes = {"classlabels_int64s" if title == "integers" else "classlabels_strings": labels}
        # onnxruntime's maps come in the order of their keys, and Python makes doubles of the values.
        rows = run("ZipMap", [x], **attributes)[0]
        expected = [[{label: np.float32(row[label]) for label in labels} for row in rows]]
        writer.case(title, "ZipMap", [x], expected, **attributes)


def maps(writer):
    writer.case("numbers", "CategoryMapper", [texts("b", "z", "a")], cats_int64s=[5, 6], cats_strings=["a", "b"])
    numbers = np.array([[5, 6], [7, 5]], np.int64)
    categories = {"cats_int64s": [5, 6], "cats_strings": ["a", "b"]}
    writer.case("strings", "CategoryMapper", [numbers], **categories, default_string="none")
    writer.case("twice", "CategoryMapper", [texts("a", "b")], cats_int64s=[1, 2], cats_strings=["a", "a"])

    entries = {key: np.float32(value) for key, value in ((7, 1.5), (2, -3.25), (4, 2.0))}
    for form, kind in itertools.product(("DENSE", "SPARSE"), ("TO_FLOAT", "TO_INT64")):
        title = f"{form.lower()}_{kind.lower()}"
        writer.case(title, "CastMap", [entries], map_form=form, cast_to=kind, max_map=9)
    # onnxruntime writes six decimals; here a float is the text that `Cast` makes of it.
    expected = [np.array([["-3.25", "2.0", "1.5"]], object)]
    writer.case("dense_to_string", "CastMap", [entries], expected, cast_to="TO_STRING")
    # The Python binding of onnxruntime takes no strings as values of a map.
    words = {3: "12", 1: "-4"}
    writer.case("strings_to_int64", "CastMap", [words], [np.array([[-4, 12]], np.int64)], cast_to="TO_INT64")
    expected = [np.array([["", "-4", "", "12"]], object)]
    writer.case("sparse_strings", "CastMap", [words], expected, cast_to="TO_STRING", map_form="SPARSE", max_map=4)

    # The standard asks for a vector, onnxruntime makes a row of it.
    for title, entries, vocabulary in (
        ("string_float", {"a": 4.0, "c": 8.0, "unknown": 1.0}, ["a", "c", "b", "z"]),
        ("int64_float", {3: 4.0, 1: 8.0}, [1, 2, 3]),
    ):
        attributes = {("string" if isinstance(vocabulary[0], str) else "int64") + "_vocabulary": vocabulary}
        entries = {key: np.float32(value) for key, value in entries.items()}
        expected = [run("DictVectorizer", [entries], **attributes)[0][0]]
        writer.case(title, "DictVectorizer", [entries], expected, **attributes)
    # The Python binding of onnxruntime takes no other values.
    entries = {"b": np.int64(4), "a": np.int64(8)}
    expected = [np.array([8, 4], np.int64)]
    writer.case("string_int64", "DictVectorizer", [entries], expected, string_vocabulary=["a", "b"])
    attributes = {"int64_vocabulary": [5, 1, 2]}
    writer.case("int64_double", "DictVectorizer", [{1: np.float64(0.1)}], [np.array([0, 0.1, 0])], **attributes)
    writer.case("int64_string", "DictVectorizer", [{1: "one"}], [texts("", "one", "")], **attributes)


def label_encoders(writer):
    lists = {
        "strings": ["a", "b", "c"],
        "int64s": [4, 9, -2],
        "floats": [1.5, -0.25, 3.0],
    }
    unknown = {"strings": "z", "int64s": 77, "floats": 0.125}
    dtypes = {"strings": object, "int64s": np.int64, "floats": np.float32}
    for (keys, values), opset in itertools.product(itertools.product(lists, lists), (2, 4)):
        x = np.array([lists[keys][1], unknown[keys], lists[keys][0], lists[keys][2]], dtypes[keys])
        attributes = {f"keys_{keys}": lists[keys], f"values_{values}": lists[values]}
        for title, defaults in (
            ("", {}),
            ("_default", {f"default_{values[:-1]}": unknown[values]}),
        ):
            if defaults and opset == 2:
                continue
            writer.case(
                f"{opset}_{keys}_to_{values}{title}",
                "LabelEncoder",
                [x.reshape(2, 2) if defaults else x],
                opset=opset,
                **attributes,
                **defaults,
            )
    for kind in ("int64", "float", "double", "string"):
        array = np.array(lists["strings"], object) if kind == "string" else np.array([1, 2, 3], NUMBERS[kind])
        other = np.array([5, 6, 7], np.float64 if kind == "double" else np.int64 if kind == "string" else object)
        other = other.astype(str).astype(object) if other.dtype == object else other
        writer.case(
            f"4_tensor_of_{kind}",
            "LabelEncoder",
            [array[[2, 0, 1, 1]]],
            opset=4,
            keys_tensor=numpy_helper.from_array(array, "keys"),
            values_tensor=numpy_helper.from_array(other, "values"),
            default_tensor=numpy_helper.from_array(other[:1], "default"),
        )
    # onnxruntime has no kernel for these.
    for kind in ("int16", "int32"):
        keys, values = np.array([4, -1], kind), np.array([1000, 7], kind)
        writer.case(
            f"4_tensor_of_{kind}",
            "LabelEncoder",
            [np.array([-1, 0, 4], kind)],
            [np.array([7, -1, 1000], kind)],
            opset=4,
            keys_tensor=numpy_helper.from_array(keys, "keys"),
            values_tensor=numpy_helper.from_array(values, "values"),
        )
    numbers = np.array([np.nan, 0.0, 1.0], np.float32)
    floats = {"keys_floats": [float("nan"), 0.0], "values_floats": [5.0, 6.0], "default_float": -1.0}
    writer.case("4_nan", "LabelEncoder", [numbers], opset=4, **floats)
    # Version 2 compares bit by bit, NaN as well; onnxruntime never finds it there.
    expected = [np.array([5, 6, -1], np.float32)]
    writer.case("2_nan", "LabelEncoder", [numbers], expected, opset=2, **floats)
    twice = {"keys_int64s": [1, 1], "values_int64s": [5, 6]}
    writer.case("2_twice", "LabelEncoder", [np.array([1, 2], np.int64)], opset=2, **twice)
    # Version 4 says that the last of equal keys counts; in onnxruntime it is the first.
    writer.case("4_twice", "LabelEncoder", [np.array([1], np.int64)], [np.array([6], np.int64)], opset=4, **twice)
    classes = {"classes_strings": ["a", "b", "c"]}
    writer.case("1_strings", "LabelEncoder", [texts("c", "a", "q")], **classes, default_int64=-7)
    writer.case("1_int64s", "LabelEncoder", [np.array([2, 0, 3], np.int64)], **classes, default_string="none")
    # Equal to the eye, but not byte by byte.
    composed = {"keys_strings": ["\u00e9"], "values_int64s": [1], "default_int64": 0}
    writer.case("4_composed", "LabelEncoder", [texts("\u00e9", "e\u0301")], opset=4, **composed)


# Linear models


def linear(writer):
    for (title, labels), transform in itertools.product(
        (("ints", [4, 9, -2]), ("strings", ["a", "b", "c"]), ("two", [0, 1])), TRANSFORMS
    ):
        random = generator("linear", title, transform)
        attributes = {
            "coefficients": [float(each) / 8 for each in eighths(random, len(labels) * 4)],
            "intercepts": [float(each) / 8 + 0.5 for each in eighths(random, len(labels))],
            "post_transform": transform,
            "classlabels_strings" if title == "strings" else "classlabels_ints": labels,
        }
        x = features(random, dtype=list(NUMBERS.values())[TRANSFORMS.index(transform) % 4])
        writer.case(f"{title}_{transform.lower()}", "LinearClassifier", [x], output_count=2, **attributes)
    random = generator("linear", "one")
    coefficients = [float(each) / 8 for each in eighths(random, 12)]
    x = features(random)
    writer.case(
        "vector",
        "LinearClassifier",
        [x[0]],
        output_count=2,
        coefficients=coefficients,
        intercepts=[0.5, 0.0, -0.5],
        classlabels_ints=[1, 2, 3],
        multi_class=1,
    )
    labels = {"classlabels_ints": [1, 2, 3]}
    # onnxruntime asks for intercepts, which the standard leaves optional.
    expected = run("LinearClassifier", [x], 2, coefficients=coefficients, intercepts=[0.0] * 3, **labels)
    writer.case("no_intercepts", "LinearClassifier", [x], expected, coefficients=coefficients, **labels)
    # One row for two labels: onnxruntime transforms for LOGISTIC only, and without a transform its scores `1 - s` and
    # `s` contradict the label, which it takes from the sign of `s`; here they are `-s` and `s`, as in ONNX's evaluator.
    score = x @ np.array(coefficients[:4], np.float32) + np.float32(0.25)
    for transform in TRANSFORMS[:4]:
        attributes = {"coefficients": coefficients[:4], "intercepts": [0.25], "post_transform": transform}
        attributes["classlabels_ints"] = [7, 9]
        scores = transformed(np.stack([-score, score], 1), transform)
        expected = None if transform == "LOGISTIC" else [labelled((score > 0).astype(int), [7, 9]), scores]
        writer.case(
            f"one_row_{transform.lower()}", "LinearClassifier", [x], expected, output_count=2, **attributes
        )

    for targets, transform in itertools.product((1, 3), TRANSFORMS):
        random = generator("regressor", targets, transform)
        attributes = {
            "coefficients": [float(each) / 16 for each in eighths(random, targets * 4)],
            "intercepts": [float(each) / 16 + 0.5 for each in eighths(random, targets)],
            "targets": targets,
        }
        dtype = list(NUMBERS.values())[TRANSFORMS.index(transform) % 4]
        x = features(random, dtype=dtype)
        # onnxruntime takes `float` only, and leaves a single target as it is.
        expected = [transformed(run("LinearRegressor", [x.astype(np.float32)], **attributes)[0], transform)]
        title = f"{targets}_targets_{transform.lower()}"
        writer.case(title, "LinearRegressor", [x], expected, **attributes, post_transform=transform)
        if targets == 3:
            x = x.astype(np.float32)
            writer.case(f"{title}_float", "LinearRegressor", [x], **attributes, post_transform=transform)
    attributes["intercepts"] = []
    del attributes["intercepts"]
    writer.case("vector_no_intercepts", "LinearRegressor", [x[0]], **attributes)


# Support-vector machines

KERNELS = {
    "LINEAR": [0.0, 0.0, 0.0],
    "POLY": [0.25, 0.5, 3.0],
    "RBF": [0.125, 0.0, 0.0],
    "SIGMOID": [0.0625, 0.25, 0.0],
}


def svm(random, kernel, classes, probability):
    counts = random.integers(1, 4, classes).tolist()
    count, pairs = sum(counts), classes * (classes - 1) // 2
    attributes = {
        "kernel_type": kernel,
        "kernel_params": KERNELS[kernel],
        "vectors_per_class": counts,
        "support_vectors": [float(each) for each in eighths(random, count * 4)],
        "coefficients": [float(each) for each in eighths(random, (classes - 1) * count)],
        "rho": [float(each) for each in eighths(random, pairs)],
    }
    if probability:
        attributes["prob_a"] = [-0.5 - float(each) for each in random.random(pairs)]
        attributes["prob_b"] = [float(each) / 8 for each in eighths(random, pairs)]
    return attributes


def vector_machines(writer):
    for kernel, classes, probability in itertools.product(KERNELS, (2, 3, 5), (False, True)):
        random = generator("svm", kernel, classes, probability)
        attributes = svm(random, kernel, classes, probability)
        if classes == 3:
            attributes["classlabels_strings"] = [f"class {index}" for index in range(classes)]
        else:
            attributes["classlabels_ints"] = [index * 3 - 4 for index in range(classes)]
        title = f"{kernel.lower()}_{classes}{'_probabilities' if probability else ''}"
        x = features(random, dtype=list(NUMBERS.values())[classes % 4])
        writer.case(title, "SVMClassifier", [x], output_count=2, **attributes)
        if kernel != "RBF" or classes != 3:
            continue
        for transform in TRANSFORMS[1:]:
            writer.case(
                f"{title}_{transform.lower()}",
                "SVMClassifier",
                [x],
                output_count=2,
                **attributes,
                post_transform=transform,
            )
    random = generator("svm", "transforms")
    attributes = {**svm(random, "RBF", 2, False), "classlabels_ints": [3, 8]}
    x = features(random)
    # The scores of two classes are `-s` and `s`; onnxruntime makes `1 - s` and `s` of them in place of a transform.
    labels, scores = run("SVMClassifier", [x], 2, **attributes)
    for transform in TRANSFORMS[1:4]:
        expected = [labels, transformed(scores, transform)]
        writer.case(
            f"rbf_2_{transform.lower()}", "SVMClassifier", [x], expected, **attributes, post_transform=transform
        )
    for classes, transform in ((3, "NONE"), (4, "SOFTMAX"), (3, "LOGISTIC")):
        random = generator("linear svm", classes, transform)
        writer.case(
            f"no_vectors_{classes}_{transform.lower()}",
            "SVMClassifier",
            [features(random)],
            output_count=2,
            coefficients=[float(each) for each in eighths(random, classes * 4)],
            rho=[0.25],
            kernel_type="LINEAR",
            kernel_params=[0.0, 0.0, 0.0],
            classlabels_ints=list(range(classes)),
            post_transform=transform,
        )
    # Of two classes onnxruntime takes the second wherever a score is above 0, whichever it is.
    random = generator("linear svm", 2)
    x, coefficients = features(random), eighths(random, 2, 4)
    scores = (x @ coefficients.T + 0.25).astype(np.float32)
    expected = [labelled(scores.argmax(1), [5, 6]), scores]
    writer.case(
        "no_vectors_2",
        "SVMClassifier",
        [x],
        expected,
        coefficients=coefficients.ravel().tolist(),
        rho=[0.25],
        kernel_params=[0.0, 0.0, 0.0],
        classlabels_ints=[5, 6],
    )

    for kernel, one_class in itertools.product(KERNELS, (0, 1)):
        random = generator("svr", kernel, one_class)
        attributes = {
            "kernel_type": kernel,
            "kernel_params": KERNELS[kernel],
            "n_supports": 5,
            "support_vectors": [float(each) for each in eighths(random, 20)],
            "coefficients": [float(each) for each in eighths(random, 5)],
            "rho": [0.375],
            "one_class": one_class,
        }
        x = features(random)
        title = f"{kernel.lower()}{'_one_class' if one_class else ''}"
        writer.case(title, "SVMRegressor", [x[0] if kernel == "POLY" else x], **attributes)
        if kernel == "RBF" and not one_class:
            # onnxruntime takes `float` only, and does not transform.
            for transform, dtype in zip(TRANSFORMS, list(NUMBERS.values())[1:] + [np.float32]):
                y = np.trunc(x).astype(dtype)
                expected = [transformed(run("SVMRegressor", [y.astype(np.float32)], **attributes)[0], transform)]
                writer.case(
                    f"rbf_{transform.lower()}_{np.dtype(dtype).name}",
                    "SVMRegressor",
                    [y],
                    expected,
                    **attributes,
                    post_transform=transform,
                )
    random = generator("svr", "linear")
    writer.case(
        "no_vectors",
        "SVMRegressor",
        [features(random)],
        coefficients=[0.5, -1.0, 2.0, 0.25],
        rho=[-0.5],
        n_supports=0,
        kernel_type="LINEAR",
        kernel_params=[0.0, 0.0, 0.0],
    )


# Trees

MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]


class Trees:
    """Random trees, in the form of either generation of operators."""

    def __init__(self, random, count=3, depth=3, modes=MODES, missing=False, members=False):
        self.random = random
        self.modes = modes
        self.missing = missing
        self.members = members
        self.trees = [self.grow(depth) for _ in range(count)]

    def grow(self, depth):
        """A leaf by its number, or a node with two children."""
        if depth == 0 or (depth < 3 and self.random.random() < 0.2):
            return None
        mode = self.modes[self.random.integers(len(self.modes))]
        is_member = self.members and self.random.random() < 0.4
        return {
            "feature": int(self.random.integers(4)),
            "mode": "BRANCH_MEMBER" if is_member else mode,
            # onnxruntime knows sets of integers only.
            "members": np.unique(self.random.integers(-3, 4, 4)).tolist(),
            "value": float(self.random.integers(-6, 7) / 2),
            "missing": int(self.random.integers(2)),
            "children": (self.grow(depth - 1), self.grow(depth - 1)),
        }

    def listed(self, prefix, targets, weight):
        """The attributes of `TreeEnsembleClassifier` and `TreeEnsembleRegressor`."""
        names = ["treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids"]
        nodes = {f"nodes_{name}": [] for name in [*names, "missing_value_tracks_true"]}
        leaves = {f"{prefix}_{name}": [] for name in ("treeids", "nodeids", "ids", "weights")}

        def add(tree, node):
            place = len(nodes["nodes_treeids"])
            own = place - nodes["nodes_treeids"].index(tree) if tree in nodes["nodes_treeids"] else 0
            for name, value in zip(nodes, (tree, own, 0, "LEAF", 0.0, 0, 0, 0)):
                nodes[name].append(value)
            if node is None:
                for target in targets(self.random):
                    for name, value in zip(leaves, (tree, own, target, weight(self.random))):
                        leaves[name].append(value)
                return own
            nodes["nodes_featureids"][place] = node["feature"]
            nodes["nodes_modes"][place] = node["mode"]
            nodes["nodes_values"][place] = node["value"]
            nodes["nodes_missing_value_tracks_true"][place] = node["missing"]
            for name, child in zip(("true", "false"), node["children"]):
                nodes[f"nodes_{name}nodeids"][place] = add(tree, child)
            return own

        for tree, node in enumerate(self.trees):
            add(tree, node)
        if not self.missing:
            del nodes["nodes_missing_value_tracks_true"]
        return {**nodes, **leaves}

    def split(self, targets, dtype):
        """The attributes of `TreeEnsemble`."""
        names = ["featureids", "modes", "splits", "truenodeids", "trueleafs", "falsenodeids", "falseleafs"]
        nodes = {f"nodes_{name}": [] for name in [*names, "missing_value_tracks_true"]}
        leaves = {"leaf_targetids": [], "leaf_weights": []}
        roots = []

        def add(node):
            if node is None:
                leaves["leaf_targetids"].append(int(self.random.integers(targets)))
                leaves["leaf_weights"].append(float(eighths(self.random)))
                return len(leaves["leaf_weights"]) - 1, 1
            place = len(nodes["nodes_modes"])
            mode = [*MODES, "BRANCH_MEMBER"].index(node["mode"])
            for name, value in zip(nodes, (node["feature"], mode, node["value"], 0, 0, 0, 0, node["missing"])):
                nodes[name].append(value)
            members.append((place, node["members"]) if node["mode"] == "BRANCH_MEMBER" else (place, None))
            for name, child in zip(("true", "false"), node["children"]):
                nodes[f"nodes_{name}nodeids"][place], nodes[f"nodes_{name}leafs"][place] = add(child)
            return place, 0

        members = []
        for node in self.trees:
            roots.append(len(nodes["nodes_modes"]))
            add(node)
        values = [value for _, found in members if found is not None for value in [*found, np.nan]]
        if values:
            nodes["membership_values"] = numpy_helper.from_array(np.array(values, dtype), "members")
        if not self.missing:
            del nodes["nodes_missing_value_tracks_true"]
        nodes["nodes_modes"] = numpy_helper.from_array(np.array(nodes["nodes_modes"], np.uint8), "modes")
        nodes["nodes_splits"] = numpy_helper.from_array(np.array(nodes["nodes_splits"], dtype), "splits")
        leaves["leaf_weights"] = numpy_helper.from_array(np.array(leaves["leaf_weights"], dtype), "weights")
        return {**nodes, **leaves, "tree_roots": roots, "n_targets": targets}


def as_tensors(attributes, *names):
    """The same attributes, some as tensors of doubles."""
    attributes = dict(attributes)
    for name in names:
        array = np.array(attributes.pop(name), np.float64)
        attributes[f"{name}_as_tensor"] = numpy_helper.from_array(array, name)
    return attributes


def plain_weight(random):
    return float(eighths(random))


def tree_regressors(writer):
    for targets, aggregate, transform in itertools.product((1, 3), ("SUM", "AVERAGE", "MIN", "MAX"), TRANSFORMS):
        if transform != "NONE" and aggregate != "SUM":
            continue
        title = f"{targets}_targets_{aggregate.lower()}_{transform.lower()}"
        random = generator("regressor", title)
        trees = Trees(random, missing=True)
        # Each leaf has a weight for each target, for onnxruntime leaves the base value of others away.
        attributes = trees.listed("target", lambda _: range(targets), plain_weight)
        attributes |= {"n_targets": targets, "aggregate_function": aggregate}
        if aggregate in ("SUM", "MIN"):
            attributes["base_values"] = [float(each) for each in eighths(random, targets)]
        x = features(random, missing=0.2)
        # onnxruntime leaves a single target as it is.
        expected = [transformed(run("TreeEnsembleRegressor", [x], opset=3, **attributes)[0], transform)]
        attributes["post_transform"] = transform
        expected = None if targets > 1 or transform == "NONE" else expected
        writer.case(title, "TreeEnsembleRegressor", [x], expected, opset=3, **attributes)
    for mode in MODES:
        random = generator("regressor", mode)
        attributes = Trees(random, modes=[mode]).listed("target", lambda _: [0], plain_weight)
        x = features(random, missing=0.2)
        writer.case(mode.lower(), "TreeEnsembleRegressor", [x], **attributes, n_targets=1)
    for kind, dtype in NUMBERS.items():
        random = generator("regressor", kind)
        attributes = Trees(random).listed("target", lambda _: [0, 1], plain_weight)
        attributes["n_targets"] = 2
        x = features(random, dtype=dtype)
        # onnxruntime has no kernel for integers.
        expected = run("TreeEnsembleRegressor", [x.astype(np.float32)], **attributes) if "int" in kind else None
        writer.case(f"of_{kind}", "TreeEnsembleRegressor", [x], expected, **attributes)
    random = generator("regressor", "doubles")
    attributes = Trees(random).listed("target", lambda _: [0, 1], plain_weight)
    attributes |= {"base_values": [0.1, 0.2], "n_targets": 2}
    attributes = as_tensors(attributes, "nodes_values", "target_weights", "base_values")
    x = features(random, dtype=np.float64)
    writer.case("double_attributes", "TreeEnsembleRegressor", [x], opset=3, **attributes)
    random = generator("regressor", "sparse")
    attributes = Trees(random).listed("target", lambda random: [int(random.integers(3))], plain_weight)
    x = features(random)
    for aggregate in ("SUM", "MAX"):
        attributes["aggregate_function"] = aggregate
        writer.case(f"sparse_{aggregate.lower()}", "TreeEnsembleRegressor", [x], **attributes, n_targets=3)
    expected = [run("TreeEnsembleRegressor", [x], **attributes, n_targets=4)[0] + np.float32([1, 2, 3, 4])]
    base = {"base_values": [1.0, 2.0, 3.0, 4.0]}
    writer.case("sparse_base", "TreeEnsembleRegressor", [x], expected, **attributes, n_targets=4, **base)
    random = generator("regressor", "leaves")
    attributes = Trees(random, count=2, depth=0).listed("target", lambda _: [0], plain_weight)
    writer.case("only_leaves", "TreeEnsembleRegressor", [features(random)], **attributes, n_targets=1)


def tree_classifiers(writer):
    for (title, labels), transform in itertools.product(
        (("two", [4, 9]), ("three", ["a", "b", "c"]), ("five", [1, 2, 3, 4, 5])), TRANSFORMS
    ):
        random = generator("classifier", title, transform)
        count = len(labels)
        # Each leaf has a weight for each class, for onnxruntime takes no class without one for the best.
        attributes = Trees(random, missing=True).listed("class", lambda _: range(count), plain_weight)
        attributes["classlabels_strings" if title == "three" else "classlabels_int64s"] = labels
        if title != "two" and transform in ("NONE", "SOFTMAX"):
            attributes["base_values"] = [float(each) for each in eighths(random, count)]
        x = features(random, missing=0.2)
        raw = {key.replace("class_", "target_"): value for key, value in attributes.items() if "labels" not in key}
        scores = run("TreeEnsembleRegressor", [x], opset=3, **raw, n_targets=count)[0]
        expected = [labelled(scores.argmax(1), labels), transformed(scores, transform)]
        attributes["post_transform"] = transform
        # Of two classes onnxruntime takes the second wherever its score is above 0.
        expected = expected if title == "two" else None
        writer.case(
            f"{title}_{transform.lower()}",
            "TreeEnsembleClassifier",
            [x],
            expected,
            output_count=2,
            opset=3,
            **attributes,
        )
    for only, sign, base, transform in itertools.product((0, 1), ("positive", "mixed"), ([], [0.25]), TRANSFORMS):
        if base and transform not in ("NONE", "LOGISTIC"):
            continue
        title = f"only_{only}_{sign}_{'base_' if base else ''}{transform.lower()}"
        random = generator("classifier", title)
        attributes = Trees(random).listed(
            "class",
            lambda _: [only],
            lambda random: abs(plain_weight(random)) / 8 if sign == "positive" else plain_weight(random) / 8,
        )
        x = features(random)
        raw = {key.replace("class_", "target_"): value for key, value in attributes.items()}
        raw["target_ids"] = [0] * len(raw["target_ids"])
        score = run("TreeEnsembleRegressor", [x], opset=3, **raw, n_targets=1)[0][:, 0] + sum(base)
        is_probability = transform == "PROBIT" or (transform == "NONE" and sign == "positive")
        other = np.zeros_like(score) if only == 1 else 1 - score if is_probability else -score
        expected = [
            labelled((score > (0.5 if is_probability else 0)).astype(int), [4, 6]),
            transformed(np.stack([other, score], 1), transform),
        ]
        attributes |= {"classlabels_int64s": [4, 6], "post_transform": transform}
        if base:
            attributes["base_values"] = base
        # onnxruntime transforms the score of a first class with LOGISTIC alone, leaves the base value of a second class
        # away, and with a transform holds scores against 0.5 whose probability is above 0.5 already.
        is_theirs = transform == "NONE" and not (only == 1 and base)
        writer.case(
            title,
            "TreeEnsembleClassifier",
            [x],
            None if is_theirs else expected,
            output_count=2,
            opset=3,
            **attributes,
        )
    for kind, dtype in NUMBERS.items():
        random = generator("classifier", kind)
        attributes = Trees(random).listed("class", lambda _: range(3), plain_weight)
        x = features(random, dtype=dtype)
        labels = {"classlabels_int64s": [7, 8, 9]}
        writer.case(f"of_{kind}", "TreeEnsembleClassifier", [x], output_count=2, **attributes, **labels)
    attributes["base_values"] = [0.1, 0.2, 0.3]
    attributes = as_tensors(attributes, "nodes_values", "class_weights", "base_values")
    x = features(random, dtype=np.float64)
    writer.case("double_attributes", "TreeEnsembleClassifier", [x], output_count=2, opset=3, **attributes, **labels)
    # A single label stands against none.
    random = generator("classifier", "single")
    attributes = Trees(random).listed("class", lambda _: [0], plain_weight) | {"classlabels_int64s": [1]}
    writer.case("single", "TreeEnsembleClassifier", [features(random)], output_count=2, **attributes)


def tree_ensembles(writer):
    kinds = {"float": np.float32, "double": np.float64}
    for (kind, dtype), targets, (aggregate, name) in itertools.product(
        kinds.items(), (1, 3), enumerate(("average", "sum", "min", "max"))
    ):
        random = generator("ensemble", kind, targets, name)
        attributes = Trees(random, missing=True, members=True).split(targets, dtype)
        # onnxruntime cuts a feature to an integer before it asks whether a set has it.
        x = np.trunc(features(random, dtype=dtype, missing=0.2))
        title = f"{kind}_{targets}_targets_{name}"
        writer.case(title, "TreeEnsemble", [x], opset=5, **attributes, aggregate_function=aggregate)
        if kind == "float" and name == "sum":
            for transform, transformation in enumerate(TRANSFORMS):
                # onnxruntime leaves a single target as it is.
                scores = run("TreeEnsemble", [x], opset=5, **attributes)[0]
                writer.case(
                    f"{title}_{transformation.lower()}",
                    "TreeEnsemble",
                    [x],
                    [transformed(scores, transformation)],
                    opset=5,
                    **attributes,
                    post_transform=transform,
                )
    # onnxruntime has no kernel for `float16`.
    random = generator("ensemble", "float16")
    trees = Trees(random, members=True)
    state = random.bit_generator.state
    halves = trees.split(2, np.float16)
    random.bit_generator.state = state
    x = np.trunc(features(random, missing=0.1))
    expected = run("TreeEnsemble", [x], opset=5, **as_floats(halves))[0].astype(np.float16)
    writer.case("float16", "TreeEnsemble", [x.astype(np.float16)], [expected], opset=5, **halves)
    # Large sets, and a tree that is a leaf only: its number is that of the branch, not of the root as in onnxruntime.
    members = np.array([*np.arange(0, 100, 3), np.nan], np.float32)
    x = np.array([[3], [4], [99], [-1], [np.nan]], np.float32)
    writer.case(
        "large_set_and_lone_leaf",
        "TreeEnsemble",
        [x],
        [np.array([[12], [11], [12], [11], [11]], np.float32)],
        opset=5,
        nodes_featureids=[0, 0],
        nodes_modes=numpy_helper.from_array(np.array([0, 6], np.uint8), "modes"),
        nodes_splits=numpy_helper.from_array(np.zeros(2, np.float32), "splits"),
        nodes_truenodeids=[2, 1],
        nodes_trueleafs=[1, 1],
        nodes_falsenodeids=[2, 0],
        nodes_falseleafs=[1, 1],
        leaf_targetids=[0, 0, 0],
        leaf_weights=numpy_helper.from_array(np.array([1, 2, 10], np.float32), "weights"),
        membership_values=numpy_helper.from_array(members, "members"),
        tree_roots=[0, 1],
        n_targets=1,
    )


def as_floats(attributes):
    """The same attributes with `float16` as `float`."""
    def widened(value):
        if isinstance(value, TensorProto) and value.data_type == TensorProto.FLOAT16:
            return numpy_helper.from_array(numpy_helper.to_array(value).astype(np.float32), value.name)
        return value

    return {name: widened(value) for name, value in attributes.items()}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    writer = Writer(target)
    for write in (
        text_operators,
        tfidf,
        simple_operators,
        maps,
        label_encoders,
        linear,
        vector_machines,
        tree_regressors,
        tree_classifiers,
        tree_ensembles,
    ):
        write(writer)
    print(f"ml: {writer.count} cases")


if __name__ == "__main__":
    main()
