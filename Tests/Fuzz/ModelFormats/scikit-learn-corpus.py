"""Writes joblib files as the pickles inside, which changes can reach: scikit-learn-corpus.py SOURCE TARGET."""

import pathlib
import sys
import zlib

source, target = map(pathlib.Path, sys.argv[1:])
for path in source.glob("*/*/*.joblib"):
    data = path.read_bytes()
    name = "-".join(path.relative_to(source).with_suffix(".pickle").parts)
    (target / name).write_bytes(zlib.decompress(data) if data.startswith(b"\x78") else data)
