"""Writes schemas.tsv: what `onnx` 1.23.2 itself answers about every schema, one a line (python3 make.py).

domain, name, since, deprecated, fewest and most inputs, fewest and most outputs (-1 for no limit), attributes
(`name:kind number:required:default`), type variables (`name:number of types`).
"""

import onnx
import onnx.defs
import numpy

assert onnx.__version__ == "1.23.2"
KINDS = {
    "FLOAT": 1, "INT": 2, "STRING": 3, "TENSOR": 4, "GRAPH": 5, "FLOATS": 6, "INTS": 7, "STRINGS": 8,
    "SPARSE_TENSOR": 11, "TYPE_PROTO": 13,
}  # fmt: skip


def text(value):
    if isinstance(value, list):
        return "[" + " ".join(map(text, value)) + "]"
    if isinstance(value, bytes):
        return value.decode()
    return str(numpy.float32(value).view(numpy.int32)) if isinstance(value, float) else str(value)


def attribute(value):
    default = text(onnx.helper.get_attribute_value(value.default_value)) if value.default_value.type else "-"
    return f"{value.name}:{KINDS[value.type.name]}:{int(value.required)}:{default}"


def limit(count):
    return -1 if count == 2147483647 else count


rows = []
for schema in onnx.defs.get_all_schemas_with_history():
    attributes = ",".join(attribute(schema.attributes[name]) for name in sorted(schema.attributes))
    types = ",".join(f"{c.type_param_str}:{len(c.allowed_type_strs)}" for c in schema.type_constraints)
    counts = [schema.min_input, limit(schema.max_input), schema.min_output, limit(schema.max_output)]
    row = [schema.domain, schema.name, schema.since_version, int(schema.deprecated), *counts, attributes, types]
    rows.append("\t".join(map(str, row)))
with open("schemas.tsv", "w") as file:
    file.write("\n".join(sorted(rows)) + "\n")
