#!/usr/bin/env python3
"""Writes wheels: one with everything that an installation knows, and others that are not to be installed.

Python's own `zipfile` makes them; times are those of 1980.
"""
import base64
import hashlib
import pathlib
import stat
import struct
import warnings
import zipfile

here = pathlib.Path(__file__).parent
INFO = "a_b-1.0.dist-info"
METADATA = "Metadata-Version: 2.4\nName: A.b\nVersion: 1.0\nLicense-Expression: MIT\nProvides-Extra: x\nRequires-Dist: c>=1; extra == 'x'\n\nText\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: make\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def row(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    name = f'"{name}"' if "," in name else name
    return f"{name},sha256={digest},{len(data)}\n"


def add(archive, name, data, mode=0o100644, system=3):
    member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    member.external_attr = mode << 16
    member.create_system = system
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, data)


def wheel(name, files=(), *, record=None, drop=(), change=lambda archive: None, info=INFO, metadata=METADATA, wheel=WHEEL, file="a_b-1.0-py3-none-any.whl"):
    folder = here / name
    folder.mkdir(exist_ok=True)
    files = [(entry + (0o100644,))[:3] for entry in files]
    files += [(f"{info}/METADATA", metadata.encode(), 0o100644), (f"{info}/WHEEL", wheel.encode(), 0o100644)]
    rows = "".join(row(path, data) for path, data, _ in files if path not in drop) + f"{info}/RECORD,,\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(folder / file, "w") as archive:
            for path, data, mode in files:
                add(archive, path, data, mode)
            change(archive)
            add(archive, f"{info}/RECORD", record(rows) if record else rows)
    return folder / file


DATA = "a_b-1.0.data"
wheel("whole", [
    ("a_b/__init__.py", b"def main():\n    print('main')\n\n\nclass Tool:\n    @staticmethod\n    def run():\n        return 3\n"),
    ("a_b/empty.py", b""),
    ("a_b/run.sh", b"#!/bin/sh\n", 0o100755),
    ("a_b/data, with comma.txt", b"x"),
    ("a_b/lib\u00e9.txt", b"e"),
    (f"{DATA}/purelib/pure.py", b"pure = 1\n"),
    (f"{DATA}/platlib/plat.py", b"plat = 1\n"),
    (f"{DATA}/headers/a.h", b"/* a */\n"),
    (f"{DATA}/data/share/a/data.bin", bytes(range(256)) * 300),
    (f"{DATA}/scripts/plain", b"#!python\nprint('plain')\n", 0o100755),
    (f"{DATA}/scripts/window", b"#!pythonw -x\nprint('window')\n", 0o100755),
    (f"{DATA}/scripts/shell", b"#!/bin/sh\necho shell\n", 0o100755),
    (f"{DATA}/scripts/a-main", b"#!python\nprint('not this one')\n", 0o100755),
    (f"{INFO}/entry_points.txt", b"# text\n[console_scripts]\na-main = a_b:main\na-tool = a_b:Tool.run [x]\n\n[gui_scripts]\na-gui=a_b:main\n[other]\nx = y\n"),
    (f"{INFO}/licenses/LICENSE", b"MIT\n"),
], change=lambda archive: (add(archive, f"{INFO}/RECORD.jws", "{}"), archive.writestr(zipfile.ZipInfo("a_b/folder/"), "")))

one = [("a.py", b"a = 1\n")]
wheel("climbing", one + [("../b.py", b"b")])
wheel("climbing-data", one + [(f"{DATA}/scripts/../../b.py", b"b")])
wheel("absolute", one + [("/b.py", b"b")])
wheel("backslash", one, change=lambda archive: add(archive, "a\\b.py", "b"))
wheel("symlink", one + [("b.py", b"/etc/passwd", 0o120777)])
wheel("device", one + [("b.py", b"", 0o020666)])
wheel("duplicate", one + [("b.py", b"b"), ("b.py", b"c")], record=lambda rows: "".join(dict.fromkeys(line + "\n" for line in rows.split("\n") if line and "b.py" not in line)))
wheel("below-file", one + [("a.py/b.py", b"b")])
wheel("same-place", one + [(f"{DATA}/purelib/a.py", b"a = 1\n")])
wheel("other-case-info", one, change=lambda archive: add(archive, "A_B-1.0.DIST-INFO/RECORD", ""))
wheel("other-case-data", one + [("A_B-1.0.DATA/scripts/x", b"x")])
wheel("unknown-part", one + [(f"{DATA}/stuff/x", b"x")])
wheel("loose-data", one + [(f"{DATA}/x", b"x")])
wheel("missing-in-archive", one, record=lambda rows: rows + "b.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n")
wheel("missing-in-record", one + [("b.py", b"b")], drop=["b.py"])
wheel("bad-hash", one, record=lambda rows: rows.replace("a.py,sha256=", "a.py,sha256=A", 1))
wheel("bad-size", one, record=lambda rows: rows.replace(",6\n", ",7\n", 1))
wheel("md5", one, record=lambda rows: rows.replace("a.py,sha256=", "a.py,md5=", 1))
wheel("no-hash", one, record=lambda rows: "a.py,,\n" + rows.split("\n", 1)[1])
wheel("row-twice", one, record=lambda rows: rows + rows)
wheel("row-contradicted", one, record=lambda rows: rows + "a.py,,\n")
wheel("row-short", one, record=lambda rows: rows + "x,y\n")
wheel("row-quoted", one, record=lambda rows: rows + '"x')
wheel("no-wheel", one, drop=[f"{INFO}/WHEEL"], info="a_b-1.0.dist-info", wheel="")
wheel("next-format", one, wheel=WHEEL.replace("1.0", "2.0"))
wheel("other-name", one, metadata=METADATA.replace("A.b", "c"))
wheel("other-folder", one, info="c-1.0.dist-info")
wheel("two-folders", one + [("c-1.0.dist-info/x", b"x")])
wheel("bad-requirement", one, metadata=METADATA.replace("c>=1", "c>=>1"))
wheel("bad-entry-point", one + [(f"{INFO}/entry_points.txt", b"[console_scripts]\na = os; import x:y\n")])
wheel("climbing-entry-point", one + [(f"{INFO}/entry_points.txt", b"[console_scripts]\n../a = a:b\n")])
wheel("bomb", one + [("zeros.bin", bytes(8 << 20))])
encrypted = wheel("encrypted", one)
raw = bytearray(encrypted.read_bytes())
raw[6] |= 1
raw[raw.index(b"PK\x01\x02") + 8] |= 1
encrypted.write_bytes(raw)
lying = wheel("lying-size", [("zeros.bin", bytes(100_000))])
raw = bytearray(lying.read_bytes())
struct.pack_into("<I", raw, 22, 10)
struct.pack_into("<I", raw, raw.index(b"PK\x01\x02") + 24, 10)
lying.write_bytes(raw)
overlapping = wheel("overlapping", [("a.bin", bytes(50_000)), ("b.bin", bytes(50_000))])
raw = bytearray(overlapping.read_bytes())
first = raw.index(b"PK\x01\x02")
second = raw.index(b"PK\x01\x02", first + 4)
struct.pack_into("<I", raw, second + 42, 0)
overlapping.write_bytes(raw)
torn = wheel("torn", one)
torn.write_bytes(torn.read_bytes()[:-30])
(here / "no-zip").mkdir(exist_ok=True)
(here / "no-zip" / "a_b-1.0-py3-none-any.whl").write_bytes(b"not a zip archive")
