"""Writes values with CPython's own pickle in every protocol, and pickles that attack. Python 3.11.7; seed 0.

`values.protocolN.pickle` hold the same values; what they are stands in PickleTests.swift. NumPy 2.4.6, joblib 1.6.0.
"""

import collections
import io

import pathlib
import pickle

import joblib
import numpy as np

here = pathlib.Path(__file__).parent
shared = ["shared"]
values = {
    "none": None, "true": True, "false": False, "small": 7, "negative": -3, "word": 70000, "long": -(2**62),
    "huge": 2**70, "float": 1.5, "infinity": float("inf"), "text": "grün 日本\n'\\", "bytes": bytes(range(256)),
    "list": [1, [2, []]], "tuple": (), "triple": (1, 2, 3), "quadruple": (1, 2, 3, 4), "set": {5},
    "frozenset": frozenset([6]), "bytearray": bytearray(b"ab"), "first": shared, "second": shared,
    "ordered": collections.OrderedDict(a=1),
}
for protocol in range(6):
    (here / f"values.protocol{protocol}.pickle").write_bytes(pickle.dumps(values, protocol))

arrays = {
    "f8": np.arange(6.0).reshape(2, 3), "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "big_endian": np.arange(3, dtype=">i4"), "unicode": np.array(["a", "bc"]), "bool": np.array([True, False]),
    "objects": np.array(["x", 1], dtype=object), "scalar": np.float32(2.5), "text": np.str_("label"),
    "record": np.array([(1, 2.5)], dtype=[("a", "<i8"), ("b", "<f8")]), "zero": np.array(3),
}
for protocol in range(6):
    (here / f"arrays.protocol{protocol}.pickle").write_bytes(pickle.dumps(arrays, protocol))
    joblib.dump(arrays, here / f"arrays.protocol{protocol}.joblib", protocol=protocol)
joblib.dump(arrays, here / "arrays.joblib")


class NDArrayWrapper:
    """What joblib before 0.10 wrote in the place of an array, whose elements it put into `model.joblib_01.npy`."""

    def __init__(self):
        self.filename, self.subclass, self.allow_mmap = "model.joblib_01.npy", np.ndarray, True


text = pickle.dumps([NDArrayWrapper()], 0)
(here / "several_files.joblib").write_bytes(text.replace(b"__main__\n", b"joblib.numpy_pickle\n"))



(here / "system.pickle").write_bytes(b"cos\nsystem\n(S'touch /tmp/mlpack-was-here'\ntR.")

cycle = []
cycle.append(cycle)
(here / "cycle.pickle").write_bytes(pickle.dumps(cycle, 2))


class Persistent(pickle.Pickler):
    def persistent_id(self, value):
        return "elsewhere" if value == "outside" else None


buffer = io.BytesIO()
Persistent(buffer, 2).dump(["outside"])
(here / "persistent.pickle").write_bytes(buffer.getvalue())
outside = pickle.PickleBuffer(bytearray(b"outside"))
(here / "buffer.pickle").write_bytes(pickle.dumps(outside, 5, buffer_callback=lambda _: None))
