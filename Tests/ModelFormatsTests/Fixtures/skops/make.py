"""Writes values as skops saves them, and archives that are none. skops 0.16.0, NumPy 2.4.6, SciPy, Python 3.11."""

import functools
import io
import json
import pathlib
import zipfile
from collections import OrderedDict

import numpy as np
import scipy.sparse
import skops.io

here = pathlib.Path(__file__).parent
shared = np.arange(3.0)
VALUES = {
    "none": None,
    "true": True,
    "int": -3,
    "huge": 1 << 70,
    "float": -0.0,
    "nan": float("nan"),
    "infinity": float("inf"),
    "text": "grün 日本\n'\\",
    "bytes": bytes(range(256)),
    "list": [1, [2.5, "x"]],
    "tuple": (1, 2),
    "set": {7},
    "ordered": OrderedDict(a=1),
    "numbers": {1: "one", 2: "two"},
    "array": np.arange(6.0).reshape(2, 3),
    "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "strings": np.array(["a", "bc"]),
    "objects": np.array(["x", 1, None], dtype=object),
    "matrix": np.array([["a", "b"], ["c", "d"]], dtype=object),
    "record": np.array([(1, 2.5)], dtype=np.dtype([("a", "u1"), ("b", "f8")], align=True)),
    "scalar": np.float64(2.5),
    "word": np.str_("label"),
    "dtype": np.dtype("int32"),
    "sparse": scipy.sparse.csr_matrix([[0.0, 2.0], [3.0, 0.0]]),
    "function": np.log1p,
    "type": float,
    "partial": functools.partial(np.add, 1),
    "slice": slice(1, None, 2),
    "range": range(3),
    "frozen": frozenset({"a"}),
    "random": np.random.RandomState(0),
    "generator": np.random.default_rng(0),
    "first": shared,
    "second": shared,
}  # fmt: skip


def archive(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members:
            file.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def rewritten(data, compression):
    """The archive with times that do not change; ids, which are addresses, become numbers from 1."""
    source = zipfile.ZipFile(io.BytesIO(data))
    schema = json.loads(source.read("schema.json"))
    ids, names = {}, {}

    def walk(node):
        if isinstance(node, dict):
            if "__id__" in node:
                node["__id__"] = ids.setdefault(node["__id__"], len(ids) + 1)
            if "file" in node and isinstance(node["file"], str):
                suffix = pathlib.PurePath(node["file"]).suffix
                node["file"] = names.setdefault(node["file"], f"{len(names)}{suffix}")
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(schema)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name in source.namelist():
            content = json.dumps(schema, indent=1) if name == "schema.json" else source.read(name)
            if name in names or name == "schema.json":
                file.writestr(zipfile.ZipInfo(names.get(name, name)), content, compression)
    return buffer.getvalue()


def node(loader, **rest):
    return {"__class__": "x", "__module__": "builtins", "__loader__": loader, **rest}


def scalar(value):
    return node("JsonNode", content=json.dumps(value), is_json=True)


def bad(name, schema, members=(), protocol=2):
    schema = {**schema, "protocol": protocol} if isinstance(schema, dict) else schema
    (here / f"{name}.skops").write_bytes(archive([*members, ("schema.json", json.dumps(schema))]))


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def main():
    (here / "values.skops").write_bytes(rewritten(skops.io.dumps(VALUES), zipfile.ZIP_DEFLATED))
    lying = npy(np.arange(3.0)).replace(b"(3,), }" + b" " * 18, b"(4611686018427387904,), }")
    array = node("NdArrayNode", type="numpy", file="0.npy")
    bad("shape", array, [("0.npy", lying)])
    bad("truncated", array, [("0.npy", npy(np.arange(3.0))[:-1])])
    bad("pickled", array, [("0.npy", npy(np.array([{}], dtype=object)))])
    bad("missing_member", array)
    bad("twice", array, [("0.npy", npy(np.arange(3.0)))] * 2)
    bad("protocol", scalar(1), protocol=9)
    bad("no_protocol", [1])
    bad("kind", node("EvalNode"))
    bad("no_loader", {"__class__": "x"})
    bad("cached", node("CachedNode", __id__=7))
    types = node("ListNode", content=[node("TypeNode"), node("TypeNode")])
    bad("keys", node("DictNode", content={"a": scalar(1)}, key_types=types))
    bad("objects", node("NdArrayNode", type="json", content=[scalar(1)],
                        shape=node("TupleNode", content=[scalar(1 << 40)])))  # fmt: skip
    bad("content", node("ListNode", content="no list"))
    bad("scalar", node("JsonNode", content="[1, 2]"))
    deep = scalar(1)
    for _ in range(300):
        deep = node("ListNode", content=[deep])
    bad("deep", deep)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("0.bin"), b"\0" * (80 << 20), zipfile.ZIP_DEFLATED)
        file.writestr(zipfile.ZipInfo("schema.json"), "{}")
    (here / "bomb.skops").write_bytes(bomb.getvalue())
    (here / "no_schema.zip").write_bytes(archive([("other.json", "{}")]))


main()
