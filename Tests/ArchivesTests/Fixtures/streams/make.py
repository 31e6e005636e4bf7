"""Writes streams with Python's bz2 and lzma, and with lz4 4.4.5; zip archives with zipfile. Python 3.11.7."""

import bz2
import io
import lzma
import pathlib
import zipfile

import lz4.frame

here = pathlib.Path(__file__).parent
data = b"".join(b"%d " % (i * i) for i in range(500))
(here / "data.bin").write_bytes(data)
(here / "data.bzip2").write_bytes(bz2.compress(data))
(here / "data.xz").write_bytes(lzma.compress(data))
(here / "data.lzma").write_bytes(lzma.compress(data, format=lzma.FORMAT_ALONE))
(here / "data.lz4").write_bytes(lz4.frame.compress(data))
(here / "bomb.bzip2").write_bytes(bz2.compress(bytes(1 << 24)))
epoch = (1980, 1, 1, 0, 0, 0)
for name, method in [("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo("a/", epoch), b"")
        archive.writestr(zipfile.ZipInfo("a/data.bin", epoch), data, method)
        archive.writestr(zipfile.ZipInfo("grün.txt", epoch), "ü", method)
    (here / f"{name}.zip").write_bytes(buffer.getvalue())
with zipfile.ZipFile(here / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr(zipfile.ZipInfo("zeros", epoch), bytes(1 << 24), zipfile.ZIP_DEFLATED)
