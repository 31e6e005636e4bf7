"""Writes the first inputs of a target: corpus.py TARGET FOLDER. All are small, and made anew each time."""

import base64
import gzip
import hashlib
import io
import json
import pathlib
import sys
import tarfile
import zipfile

import seeds

ROOT = pathlib.Path(__file__).resolve().parents[3]


def tar(*entries):
    """A tar of entries such as the next functions make."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, kind, content in entries:
            entry = tarfile.TarInfo(path)
            entry.type, entry.mode = kind, 0o755 if kind == tarfile.DIRTYPE else 0o644
            if kind == tarfile.REGTYPE:
                entry.size = len(content)
            elif kind != tarfile.DIRTYPE:
                entry.linkname = content
            archive.addfile(entry, io.BytesIO(content) if kind == tarfile.REGTYPE else None)
    # Without the padding to a tape's block.
    data = output.getvalue().rstrip(b"\0")
    return data + b"\0" * (-len(data) % 512 + 1024)


def file(path, content=b"text\n"):
    return path, tarfile.REGTYPE, content


def folder(path):
    return path, tarfile.DIRTYPE, None


def link(path, target):
    return path, tarfile.SYMTYPE, target


def hard_link(path, target):
    return path, tarfile.LNKTYPE, target


def ar(*members):
    output = b"!<arch>\n"
    for name, data in members:
        output += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n".encode() + data + b"\n" * (len(data) % 2)
    return output


def deb(control, *entries, scripts=(), compress=lambda data: data, suffix=""):
    head = tar(file("./control", control.encode()), *(file("./" + name, text) for name, text in scripts))
    return ar(("debian-binary", b"2.0\n"), ("control.tar" + suffix, compress(head)),
              ("data.tar" + suffix, compress(tar(*entries))))


def debian_packages():
    control = "Package: thing\nVersion: 1:1.0-1\nArchitecture: amd64\nSource: other (1)\nDepends: libc6 (>= 2.34)\n"
    files = (folder("./"), folder("./usr/"), folder("./usr/lib/"), file("./usr/lib/libthing.so.1.2"),
             link("./usr/lib/libthing.so.1", "libthing.so.1.2"), hard_link("./usr/lib/copy", "./usr/lib/libthing.so.1.2"),
             file("./usr/share/doc/thing/copyright"), file("./etc/thing.conf"), link("./lib/there", "/usr/lib"))
    scripts = [("postinst", b"#!/bin/sh\nset -e\nldconfig\n"), ("conffiles", b"/etc/thing.conf\n"),
               ("md5sums", b"0" * 32 + b"  usr/lib/libthing.so.1.2\n"), ("triggers", b"activate-noawait ldconfig\n")]
    yield deb(control, *files)
    yield deb(control, *files, scripts=scripts)
    yield deb(control + "Replaces: a, b (<< 2)\nBreaks: c\n", file("./bin/sh"), link("./sbin", "bin"), link("./a", "b/../.."))
    yield deb(control, *files, compress=lambda data: gzip.compress(data, mtime=0), suffix=".gz")


def layers():
    separator = b"\xffnext layer\xff".ljust(512, b"\0")
    plain = tar(folder("d"), file("d/a"), link("d/l", "a"), hard_link("d/h", "d/a"), link("e", "d"), link("r", "/d"))
    hiding = tar(file("d/.wh.a", b""), file("d/.wh..wh..opq", b""), file("e/b"), file("f"))
    yield plain
    yield plain + separator + hiding
    yield tar(link("d/q", "."), link("d/p", "q/../../secret"))
    yield plain + separator + tar(link("d", "/"), file("d/x"), hard_link("g", "e/a"))
    yield tar(link("a", "b"), link("b", "a"), file("a/x")) + separator + tar(file(".wh.b", b""), file("b/x"))
    yield tar(file("a" * 120 + "/" + "é" * 60), file("a" * 120))
    yield gzip.compress(plain, mtime=0)


def wheel(**texts):
    files = {
        "a/__init__.py": "x = 1\n",
        "a-1.data/scripts/run": "#!python\nprint(1)\n",
        "a-1.data/data/share/a": "a",
        "a-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: b>=1; extra == 'c'\n",
        "a-1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "a-1.dist-info/entry_points.txt": "[console_scripts]\na = a:main\n",
    } | texts
    record = "a-1.dist-info/RECORD,,\n"
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, text in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
            record += f"{name},sha256={digest},{len(text.encode())}\n"
            archive.writestr(zipfile.ZipInfo(name), text)
        archive.writestr(zipfile.ZipInfo("a-1.dist-info/RECORD"), record)
    return output.getvalue()


def wheels():
    yield wheel()
    yield wheel(**{"a-1.data/headers/a.h": "", "a-1.data/purelib/b.py": "", "a-1.data/platlib/c.so": "\x7fELF"})
    yield wheel(**{"a-1.dist-info/entry_points.txt": "[gui_scripts]\nb-c = a.b : c.d [extra]\n[x]\ny = z\n"})


def texts(*names):
    """The texts of seeds.py under some names."""
    for name in names:
        for text in getattr(seeds, name):
            yield (text if isinstance(text, str) else json.dumps(text)).encode()


def environments():
    """The manifests of this repository, their locks with the first two parts of each kind, and those of Azure ML."""
    for path in sorted(ROOT.glob("images/*/environment.yaml")):
        yield path.read_bytes()
    for path in sorted(ROOT.glob("images/*/environment.lock.json")):
        lock = json.loads(path.read_bytes())
        for platform in lock["platforms"]:
            for kind in ["packages", "wheels"]:
                platform[kind] = [part | {"requires": []} for part in platform[kind][:2]]
        yield json.dumps(lock).encode()
    yield from texts("AZURE")


MAKERS = {
    "debian-package": debian_packages,
    "debian-text": lambda: texts("DEBIAN"),
    "environment": environments,
    "layer": layers,
    "oci-json": lambda: texts("OCI"),
    "python-text": lambda: texts("PYTHON", "PAGES"),
    "supply-chain": lambda: texts("SUPPLY_CHAIN"),
    "wheel": wheels,
}

target, corpus = sys.argv[1], pathlib.Path(sys.argv[2])
for number, data in enumerate(MAKERS[target]()):
    (corpus / f"seed-{number:02}").write_bytes(data)
