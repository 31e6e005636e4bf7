"""Writes streams with Python's own zlib and gzip. Python 3.11.7; nothing random."""

import gzip
import pathlib
import zlib

here = pathlib.Path(__file__).parent
data = b"".join(b"%d " % (i * i) for i in range(500))
(here / "data.bin").write_bytes(data)
(here / "data.zlib").write_bytes(zlib.compress(data, 9))
(here / "data.gzip").write_bytes(gzip.compress(data, 9, mtime=0))
(here / "members.gzip").write_bytes(gzip.compress(data[:1000], mtime=0) + gzip.compress(data[1000:], mtime=0))
(here / "bomb.zlib").write_bytes(zlib.compress(bytes(1 << 23), 9))
