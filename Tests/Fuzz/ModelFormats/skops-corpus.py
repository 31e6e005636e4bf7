"""Writes the schema of each skops file, a zero, and its first array: skops-corpus.py SOURCE TARGET."""

import pathlib
import sys
import zipfile

source, target = map(pathlib.Path, sys.argv[1:])
for path in source.glob("*.skops"):
    with zipfile.ZipFile(path) as archive:
        if any(member.file_size > 1 << 16 for member in archive.infolist()):
            continue
        array = archive.read("0.npy") if "0.npy" in archive.namelist() else b""
        (target / f"{path.stem}.bin").write_bytes(archive.read("schema.json") + b"\0" + array)
