"""Writes the operator schemas of the `onnx` package, and some of `onnxruntime`, as Swift files: generate.py FOLDER.

One line of text per schema, because the compiler reads a long string quickly and a long array literal slowly:

    Name|since|flags|inputs|outputs|type constraints|attributes

flags: `d` deprecated, `f` defined by a function body, `r` ONNX Runtime's own. Inputs and outputs: `name:type`,
followed by `?` when optional, `*N` when variadic of one type with at least N values, `~N` when variadic of mixed types.
Type constraints: `variable=set`, where `set` is a line number (from 0) of the table of type sets. Attributes:
`name:kind`, followed by `!` when required or `=default`, where kind is a letter and elements of a list are separated by
commas.
"""

import pathlib
import sys
import types

import onnx
import onnx.defs
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

ONNX_VERSION = "1.23.2"
RUNTIME_VERSION = "1.32.0"
UNBOUNDED = 2147483647
KINDS = {
    "FLOAT": "f", "INT": "i", "STRING": "s", "TENSOR": "t", "GRAPH": "g", "SPARSE_TENSOR": "p", "TYPE_PROTO": "y",
    "FLOATS": "F", "INTS": "I", "STRINGS": "S",
}  # fmt: skip
# Files by domain, and by first letters where a domain has many operators.
FILES = {
    ("", "ABC"): "OnnxAtoC",
    ("", "DEFGHIJKL"): "OnnxDtoL",
    ("", "MNOPQR"): "OnnxMtoR",
    ("", "STUVWXYZ"): "OnnxStoZ",
    ("ai.onnx.ml", None): "OnnxML",
    ("ai.onnx.preview", None): "OnnxPreview",
    ("ai.onnx.preview.training", None): "OnnxPreviewTraining",
}
# The operators of ONNX Runtime's own that the engine has or is to have, by domain, and their files. The first two stand
# in the standard's domain all the same: one that the standard has not, and one that it has since opset 17.
RUNTIME_FILES = {"": "OnnxRuntime", "com.microsoft": "Microsoft"}
RUNTIME_OPERATORS = {
    "": ["LayerNormalization", "SimplifiedLayerNormalization"],
    "com.microsoft": [
        "Attention", "BiasGelu", "BiasSplitGelu", "CDist", "ConvTransposeWithDynamicPads", "DequantizeLinear",
        "DynamicQuantizeMatMul", "EmbedLayerNormalization", "ExpandDims", "FastGelu", "FusedConv", "FusedGemm",
        "FusedMatMul", "GatherBlockQuantized", "GatherND", "Gelu", "GridSample", "GroupQueryAttention", "Inverse",
        "Irfft", "MatMulIntegerToFloat", "MatMulNBits", "MaxpoolWithMask", "MultiHeadAttention", "MurmurHash3",
        "NhwcMaxPool", "Pad", "QAttention", "QGemm", "QLinearAdd", "QLinearAveragePool", "QLinearConcat",
        "QLinearConv", "QLinearGlobalAveragePool", "QLinearLeakyRelu", "QLinearMul", "QLinearReduceMean",
        "QLinearSigmoid", "QLinearSoftmax", "QLinearWhere", "QuantizeLinear", "QuickGelu", "Range", "Rfft",
        "RotaryEmbedding", "SkipLayerNormalization", "SkipSimplifiedLayerNormalization", "Tokenizer", "TransposeMatMul",
        "Trilu", "Unique", "WordConvEmbedding",
    ],
}  # fmt: skip


def short(text):
    """A type without the commonest wrapping: `tensor(float)` is `float`."""
    text = text.replace(" ", "")
    return text[7:-1] if text.startswith("tensor(") else text


def parameter(value):
    option = value.option.name
    suffix = ""
    if option == "Optional":
        suffix = "?"
    elif option == "Variadic":
        suffix = ("*" if value.is_homogeneous else "~") + str(value.min_arity)
    return f"{value.name.rstrip('.')}:{value.type_str.replace(' ', '')}{suffix}"


def bounds(parameters):
    """Fewest and most values, as OpSchema::Finalize computes them."""
    least = most = 0
    for value in parameters:
        option = value.option.name
        if option == "Variadic":
            return most + value.min_arity, UNBOUNDED
        most += 1
        if option == "Single":
            least = most
    return least, most


def scalar(value):
    if isinstance(value, bytes):
        value = value.decode()
    if isinstance(value, float):
        value = float_text(value)
    text = str(value)
    assert not set(text) & set(" |,"), text
    return text


def float_text(value):
    """The shortest decimal that is this 32-bit float."""
    import numpy

    return str(numpy.float32(value))


def attribute(value):
    text = f"{value.name}:{KINDS[value.type.name]}"
    if value.required:
        return text + "!"
    default = value.default_value
    if not default.type:
        return text
    got = onnx.helper.get_attribute_value(default)
    return text + "=" + (",".join(map(scalar, got)) if isinstance(got, list) else scalar(got))


def line(schema, sets):
    flags = "".join([
        "d" if schema.deprecated else "",
        "f" if schema.has_function or schema.has_context_dependent_function else "",
        "r" if isinstance(schema, types.SimpleNamespace) else "",
    ])
    if not schema.deprecated:
        assert bounds(schema.inputs) == (schema.min_input, schema.max_input), schema.name
        assert bounds(schema.outputs) == (schema.min_output, schema.max_output), schema.name
    fields = [
        schema.name,
        str(schema.since_version),
        flags,
        " ".join(map(parameter, schema.inputs)),
        " ".join(map(parameter, schema.outputs)),
        " ".join(f"{c.type_param_str}={sets[type_set(c)]}" for c in schema.type_constraints),
        " ".join(attribute(schema.attributes[name]) for name in sorted(schema.attributes)),
    ]
    assert all("|" not in field for field in fields)
    return "|".join(fields)


def type_set(constraint):
    return " ".join(sorted(map(short, constraint.allowed_type_strs)))


def type_sets(schemas):
    return sorted({type_set(constraint) for schema in schemas for constraint in schema.type_constraints})


def runtime_schema(schema):
    """A schema of ONNX Runtime with what its bindings call differently under the names of `onnx.defs`."""

    def parameters(values, least):
        return [
            types.SimpleNamespace(
                name=value.name,
                type_str=value.typeStr,
                option=value.option,
                is_homogeneous=value.isHomogeneous,
                min_arity=max(0, least - index),
            )
            for index, value in enumerate(values)
        ]

    def attribute(value):
        default = onnx.AttributeProto.FromString(value._default_value)
        return types.SimpleNamespace(
            name=value.name, type=value.type, required=value.required, default_value=default
        )

    return types.SimpleNamespace(
        name=schema.name,
        domain=schema.domain,
        since_version=schema.since_version,
        deprecated=schema.deprecated,
        has_function=False,
        has_context_dependent_function=False,
        inputs=parameters(schema.inputs, schema.min_input),
        outputs=parameters(schema.outputs, schema.min_output),
        min_input=schema.min_input,
        max_input=schema.max_input,
        min_output=schema.min_output,
        max_output=schema.max_output,
        type_constraints=schema.type_constraints,
        attributes={name: attribute(value) for name, value in schema.attributes.items()},
    )


def runtime_schemas(known):
    """The schemas of RUNTIME_OPERATORS, without those that are `known`."""
    schemas = [
        runtime_schema(schema)
        for schema in get_all_operator_schema()
        if schema.name in RUNTIME_OPERATORS.get(schema.domain, [])
        and (schema.domain, schema.name, schema.since_version) not in known
    ]
    found = {(schema.domain, schema.name) for schema in schemas}
    missing = {(domain, name) for domain, names in RUNTIME_OPERATORS.items() for name in names} - found
    assert not missing, missing
    return sorted(schemas, key=lambda schema: (schema.domain, schema.name, schema.since_version))


def write(folder, name, summary, lines, source=f"onnx {ONNX_VERSION}"):
    text = "\n".join("        " + entry for entry in lines)
    assert '"""' not in text and "\\" not in text
    (folder / f"OperatorTable+{name}.swift").write_text(
        f"""// Generated by schemas/operators/regenerate from {source}; not edited by hand.
// swift-format-ignore-file

extension OperatorTable {{
    /// {summary}
    static let {name[0].lower() + name[1:]} = \"\"\"
{text}
        \"\"\"
}}
"""
    )


def main():
    if onnx.__version__ != ONNX_VERSION:
        sys.exit(f"error: `onnx` has version {onnx.__version__}, expected {ONNX_VERSION}")
    if onnxruntime.__version__ != RUNTIME_VERSION:
        sys.exit(f"error: `onnxruntime` has version {onnxruntime.__version__}, expected {RUNTIME_VERSION}")
    folder = pathlib.Path(sys.argv[1])
    schemas = sorted(
        onnx.defs.get_all_schemas_with_history(), key=lambda schema: (schema.domain, schema.name, schema.since_version)
    )
    own_schemas = runtime_schemas({(schema.domain, schema.name, schema.since_version) for schema in schemas})
    texts = type_sets(schemas)
    texts += [text for text in type_sets(own_schemas) if text not in texts]
    sets = {text: index for index, text in enumerate(texts)}
    sources = f"onnx {ONNX_VERSION} and onnxruntime {RUNTIME_VERSION}"
    write(folder, "TypeSets", "The sets of types that constraints allow, one a line.", texts, sources)
    written = 0
    for (domain, letters), name in FILES.items():
        own = [s for s in schemas if s.domain == domain and (letters is None or s.name[0] in letters)]
        written += len(own)
        title = domain or "ai.onnx"
        summary = f"The schemas of `{title}`" + (f", {letters[0]} to {letters[-1]}." if letters else ".")
        write(folder, name, summary, [line(schema, sets) for schema in own])
    assert written == len(schemas), "a domain has no file"
    for domain, name in RUNTIME_FILES.items():
        summary = f"The schemas of ONNX Runtime's own operators in `{domain or 'ai.onnx'}`."
        lines = [line(schema, sets) for schema in own_schemas if schema.domain == domain]
        write(folder, name, summary, lines, source=f"onnxruntime {RUNTIME_VERSION}")
    releases = {
        (domain, opset): ir_version
        for (domain, opset), ir_version in onnx.helper.OP_SET_ID_VERSION_MAP.items()
        if (domain if domain != "ai.onnx" else "") in {domain for domain, _ in FILES}
    }
    lines = [f"{domain} {opset} {ir_version}" for (domain, opset), ir_version in sorted(releases.items())]
    write(folder, "Releases", "The opsets of each domain, each with the IR version that it was released with.", lines)


main()
