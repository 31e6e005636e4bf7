"""Writes arrays with NumPy, as it writes them, and what they hold as JSON. NumPy 2.4.6; nothing random."""

import json
import pathlib

import numpy as np
from numpy.lib import format

here = pathlib.Path(__file__).parent
base = np.arange(6).reshape(2, 3)
arrays = {
    "f2": (base / 4).astype("<f2"),
    "f4": (base / 4).astype("<f4"),
    "f8": (base / 4).astype("<f8"),
    "f8_big_endian": (base / 4).astype(">f8"),
    "i1": (base - 3).astype("<i1"),
    "i2_big_endian": (base - 3).astype(">i2"),
    "i4": (base - 3).astype("<i4"),
    "i8": (base - 3).astype("<i8"),
    "i8_fortran": np.asfortranarray((base - 3).astype("<i8")),
    "u1": base.astype("<u1"),
    "u8": base.astype("<u8"),
    "bool": base % 2 == 0,
    "unicode": np.array([["a", "grün", ""], ["日本", "x\0y", "😀"]]),
    "unicode_big_endian": np.array(["ab", "c"]).astype(">U2"),
    "bytes": np.array([b"ab", b"c"]),
    "scalar": np.float64(1.5),
    "empty": np.zeros((0, 3), "<f4"),
    "rank3_fortran": np.asfortranarray(np.arange(24, dtype="<i4").reshape(2, 3, 4)),
}
expected = {}
for name, array in arrays.items():
    array = np.asarray(array)
    np.save(here / f"{name}.npy", array)
    values = [v.decode() if isinstance(v, bytes) else v for v in array.ravel().tolist()]
    expected[name] = {"shape": list(array.shape), "values": values}
for version in [(2, 0), (3, 0)]:
    with open(here / f"version{version[0]}.npy", "wb") as file:
        format.write_array(file, base, version=version)
    expected[f"version{version[0]}"] = {"shape": [2, 3], "values": base.ravel().tolist()}
np.save(here / "objects.npy", np.array([None, {}], dtype=object), allow_pickle=True)
np.save(here / "records.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i8")]))
np.savez(here / "stored.npz", X=base, label=np.array(["a", "b"]))
np.savez_compressed(here / "deflated.npz", X=base, zeros=np.zeros(10000))
(here / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")
