"""Random small graphs, node by node, from the schemas of ONNX.

A graph grows from random inputs: an operator is drawn, its inputs are drawn among the values that are there already or
made for it, its attributes from what its schema says. What a recipe knows of an operator makes the draw more likely to
be valid; an operator without one is drawn from its schema alone. Whether the result is valid is for others to say.
"""

import math

import numpy as np
from onnx import TensorProto, defs, helper, numpy_helper

# The versions that a graph is drawn from, for each domain.
OPSETS = {"": range(13, 24), "ai.onnx.ml": range(3, 6)}

# Random by design, or bound to what a graph has around it.
LEFT_OUT = {
    "Bernoulli", "Constant", "If", "ImageDecoder", "Loop", "Multinomial", "Optional", "OptionalGetElement",
    "OptionalHasElement", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Scan",
    "SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert", "SequenceLength",
    "SequenceMap", "SplitToSequence", "ConcatFromSequence", "ZipMap", "CastMap", "DictVectorizer",
    "TfIdfVectorizer", "RegexFullMatch", "StringNormalizer", "StringSplit", "StringConcat",
}

TYPES = {
    "tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16,
    "tensor(int8)": np.int8, "tensor(int16)": np.int16, "tensor(int32)": np.int32, "tensor(int64)": np.int64,
    "tensor(uint8)": np.uint8, "tensor(uint16)": np.uint16, "tensor(uint32)": np.uint32, "tensor(uint64)": np.uint64,
    "tensor(bool)": np.bool_, "tensor(string)": np.object_,
}
USUAL = ["tensor(float)", "tensor(float)", "tensor(float)", "tensor(double)", "tensor(int64)", "tensor(int32)"]
# Attributes that are 0 or 1; what other numbers mean is not said.
FLAGS = {
    "allowzero", "ceil_mode", "count_include_pad", "detect_negative", "detect_positive", "exclusive", "keepdims",
    "linear_before_reset", "noop_with_empty_axes", "reverse", "select_last_index", "sorted", "upper", "largest", "zeros",
    "periodic", "layout", "new_axis", "inverse", "onesided", "training_mode", "fmod", "align_corners", "transA", "transB",
}
CHOICES = {
    "mode": ["constant", "edge", "reflect", "nearest", "linear", "cubic", "DCR", "CRD"],
    "auto_pad": ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"],
    "direction": ["forward", "reverse", "bidirectional", "LEFT", "RIGHT"],
    "reduction": ["none", "add", "mul", "min", "max", "mean", "sum"],
    "approximate": ["none", "tanh"],
    "coordinate_transformation_mode": ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"],
    "nearest_mode": ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"],
    "post_transform": ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"],
    "norm": ["MAX", "L1", "L2"],
    "keep_aspect_ratio_policy": ["stretch", "not_larger", "not_smaller"],
    "padding_mode": ["zeros", "border", "reflection"],
}


class Value:
    """A value of the graph: its name, type and shape, and its elements where they are fixed."""

    def __init__(self, name, array):
        self.name, self.array = name, array

    @property
    def type(self):
        return "tensor(string)" if self.array.dtype == object else (
            "tensor(" + TensorProto.DataType.Name(helper.np_dtype_to_tensor_dtype(self.array.dtype)).lower() + ")")


class GraphMaker:
    """Makes one random graph; the same seed makes the same."""

    def __init__(self, seed, evaluate):
        self.random = np.random.default_rng(seed)
        self.evaluate = evaluate
        self.values, self.inputs, self.initializers, self.nodes = [], [], [], []
        self.versions = {domain: int(self.pick(versions)) for domain, versions in OPSETS.items()}
        ruling = {}
        for schema in sorted(defs.get_all_schemas_with_history(), key=lambda schema: schema.since_version):
            if schema.since_version <= self.versions.get(schema.domain, 0):
                ruling[schema.domain, schema.name] = schema
        self.schemas = [schema for _, schema in sorted(ruling.items(), key=lambda item: item[0])
                        if schema.name not in LEFT_OUT and not schema.deprecated]

    @property
    def opsets(self):
        return [helper.make_opsetid(domain, version) for domain, version in self.versions.items()]

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, choices):
        return choices[self.random.integers(len(choices))]

    def shape(self, rank=None):
        rank = self.pick([0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5]) if rank is None else rank
        return [int(self.pick([1, 1, 2, 2, 3, 3, 4, 5, 6, 0 if self.chance(0.2) else 7])) for _ in range(rank)]

    def array(self, kind, shape):
        dtype, size = TYPES[kind], tuple(shape)
        if dtype == np.bool_:
            return self.random.random(size) < 0.5
        if dtype == np.object_:
            return np.array([self.pick(["a", "b", "ab", "", "é"]) for _ in range(math.prod(size))], object).reshape(size)
        if np.issubdtype(dtype, np.integer):
            low = 0 if np.issubdtype(dtype, np.unsignedinteger) else -5
            return self.random.integers(low, 6, size).astype(dtype)
        values = np.asarray(self.random.normal(0, 2, size))
        if self.chance(0.1) and values.size:
            values.reshape(-1)[self.random.integers(values.size)] = self.pick([0.0, -0.0, np.inf, -np.inf, np.nan, 1e5])
        return values.astype(dtype)

    def make(self, array, fixed=False):
        value = Value(f"{'c' if fixed else 'x'}{len(self.values)}", array)
        self.values.append(value)
        (self.initializers if fixed else self.inputs).append(value)
        return value

    def value(self, kind, shape=None):
        """A value that is there already, or a new one; of a given shape where one is asked for."""
        fitting = [value for value in self.values
                   if value.type == kind and (shape is None or list(value.array.shape) == list(shape))]
        if fitting and self.chance(0.6):
            return self.pick(fitting)
        return self.make(self.array(kind, self.shape() if shape is None else shape), fixed=self.chance(0.3))

    def integers(self, elements, shape=None):
        return self.make(np.array(elements, np.int64).reshape(shape if shape is not None else [-1]), fixed=self.chance(0.8))

    def attribute(self, name, schema):
        kind = schema.type
        if name in FLAGS:
            return int(self.chance(0.5))
        if kind == defs.OpSchema.AttrType.INT:
            return int(self.pick([-2, -1, 0, 0, 1, 1, 2, 3]))
        if kind == defs.OpSchema.AttrType.FLOAT:
            return float(self.pick([0.0, 0.5, 1.0, 1.5, -1.0, 2.0]))
        if kind == defs.OpSchema.AttrType.STRING:
            return self.pick(CHOICES.get(name, [""]))
        if kind == defs.OpSchema.AttrType.INTS:
            return [int(self.pick([0, 1, 1, 2, 3])) for _ in range(self.random.integers(1, 4))]
        if kind == defs.OpSchema.AttrType.FLOATS:
            return [float(value) for value in self.random.normal(size=self.random.integers(1, 4))]
        if kind == defs.OpSchema.AttrType.STRINGS:
            return [self.pick(["a", "b", "c"]) for _ in range(self.random.integers(1, 4))]
        return None

    def kinds(self, schema):
        """A type for each variable of a schema."""
        kinds = {}
        for constraint in schema.type_constraints:
            allowed = [kind for kind in constraint.allowed_type_strs if kind in TYPES]
            usual = [kind for kind in USUAL if kind in allowed]
            kinds[constraint.type_param_str] = self.pick(usual if usual and self.chance(0.75) else allowed) if allowed else None
        return kinds

    def grow(self):
        """Puts one more node into the graph; whether it was taken."""
        from recipes import RECIPES

        before = [len(part) for part in (self.values, self.inputs, self.initializers, self.nodes)]
        schema = self.pick(self.schemas)
        kinds = self.kinds(schema)
        if any(kind is None for kind in kinds.values()):
            return False
        attributes = {}
        for name, attribute in schema.attributes.items():
            if self.chance(0.9 if attribute.required else 0.25):
                drawn = self.attribute(name, attribute)
                if drawn is not None:
                    attributes[name] = drawn
        recipe = RECIPES.get(schema.name)
        try:
            inputs = recipe(self, schema, kinds, attributes) if recipe else self.plain(schema, kinds)
        except (IndexError, ValueError, KeyError):
            inputs = None
        # An empty list names no type of attribute.
        attributes = {name: drawn for name, drawn in attributes.items() if drawn != []}
        if inputs is not None:
            count = max(1, schema.min_output)
            if schema.max_output <= 4 and self.chance(0.3):
                count = schema.max_output
            count = attributes.pop("outputs", count)
            outputs = [f"v{len(self.nodes)}_{index}" for index in range(count)]
            node = helper.make_node(
                schema.name, [value.name if value else "" for value in inputs], outputs, f"n{len(self.nodes)}",
                domain=schema.domain, **attributes)
            fed = {value.name: value.array for value in inputs if value}
            results = self.evaluate(node, fed, self.opsets)
            if results is not None:
                self.nodes.append(node)
                self.values += [Value(name, array) for name, array in zip(outputs, results)]
                return True
        for part, length in zip((self.values, self.inputs, self.initializers, self.nodes), before):
            del part[length:]
        return False

    def plain(self, schema, kinds):
        """Inputs as the schema has them, most of them of one shape."""
        count = self.random.integers(schema.min_input, min(schema.max_input, schema.min_input + 3) + 1)
        shape, inputs = None, []
        for index in range(count):
            formal = schema.inputs[min(index, len(schema.inputs) - 1)]
            kind = kinds.get(formal.type_str, formal.type_str)
            if kind not in TYPES:
                return None
            if formal.option == defs.OpSchema.FormalParameterOption.Optional and self.chance(0.4):
                inputs.append(None)
                continue
            value = self.value(kind, shape if shape is not None and self.chance(0.8) else None)
            shape = list(value.array.shape) if shape is None else shape
            if self.chance(0.2):
                shape = [1 if self.chance(0.4) else extent for extent in shape][self.random.integers(0, 2):]
            inputs.append(value)
        return inputs

    def model(self, title):
        """The model, its inputs' arrays, and what each of its outputs came to when the graph was made."""
        read = {name for node in self.nodes for name in node.input}
        outputs = [value for value in self.values
                   if value.name.startswith("v") and (value.name not in read or self.chance(0.2))]
        inputs = [value for value in self.inputs if value.name in read]
        fixed = [value for value in self.initializers if value.name in read]

        def info(value, symbolic):
            kind = helper.np_dtype_to_tensor_dtype(value.array.dtype) if value.array.dtype != object else TensorProto.STRING
            shape = [None if symbolic and self.chance(0.3) else extent for extent in value.array.shape]
            return helper.make_tensor_value_info(value.name, kind, shape)

        def output(value):
            kind = helper.np_dtype_to_tensor_dtype(value.array.dtype) if value.array.dtype != object else TensorProto.STRING
            return helper.make_tensor_value_info(value.name, kind, None)

        graph = helper.make_graph(
            self.nodes, title, [info(value, True) for value in inputs], [output(value) for value in outputs],
            [numpy_helper.from_array(value.array, value.name) for value in fixed])
        return helper.make_model(graph, opset_imports=self.opsets, ir_version=10), inputs, outputs
