"""Writes the images of this folder, and beside each the pixels that Pillow reads from it.

Pillow 13.0.0, NumPy 2.4.6 and tifffile 2026.3.3; seed 20240601. Images that Pillow does not write are put together here
by hand or with tifffile; it is always Pillow that reads them. Run it with these in a virtual environment:
python make.py
"""

import io
import pathlib
import struct
import zlib

import numpy
import tifffile
from PIL import Image

here = pathlib.Path(__file__).parent
random = numpy.random.default_rng(20240601)
height, width = 11, 14


def gradient(channels):
    """A smooth image with some noise in it, so that every codec has something to do."""
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [
        (x * 255 / (width - 1), y * 255 / (height - 1), 255 - x * 255 / (width - 1), (x + y) * 9)[index]
        for index in range(channels)
    ]
    noise = random.integers(-12, 13, (height, width, channels))
    return numpy.clip(numpy.stack(planes, -1) + noise, 0, 255).astype(numpy.uint8)


rgb = gradient(3)
rgba = gradient(4)
wide = (random.integers(0, 65536, (height, width, 3))).astype(numpy.uint16)


def read(data):
    """What Pillow reads, in three bytes a pixel; of 16-bit samples the upper byte."""
    image = Image.open(io.BytesIO(data))
    if image.mode.startswith("I;16"):
        grey = (numpy.array(image) >> 8).astype(numpy.uint8)
        return numpy.stack([grey] * 3, -1)
    if image.mode == "I":  # a graymap of more than 255 shades, spread over 16 bits
        grey = numpy.rint(numpy.array(image) / 257).astype(numpy.uint8)
        return numpy.stack([grey] * 3, -1)
    return numpy.array(image.convert("RGB"))


def write(name, data):
    (here / name).write_bytes(data)
    numpy.save(here / (name + ".npy"), read(data))


def save(name, image, **options):
    target = io.BytesIO()
    image.save(target, **options)
    write(name, target.getvalue())


def picture(array, mode=None):
    return Image.fromarray(array) if mode is None else Image.fromarray(array).convert(mode)


# JPEG
save("baseline.jpg", picture(rgb), format="JPEG", quality=90)
save("444.jpg", picture(rgb), format="JPEG", quality=95, subsampling=0)
save("422.jpg", picture(rgb), format="JPEG", quality=90, subsampling=1)
save("grey.jpg", picture(rgb, "L"), format="JPEG")
save("progressive.jpg", picture(rgb), format="JPEG", progressive=True)
save("restarts.jpg", picture(rgb), format="JPEG", restart_marker_blocks=1)
save("cmyk.jpg", picture(rgb, "CMYK"), format="JPEG", quality=95)
exif = Image.Exif()
exif[0x0112] = 6
save("exif-turned.jpg", picture(rgb), format="JPEG", exif=exif)


# PNG
def png(samples, depth, kind, palette=None, transparency=None, interlaced=False):
    """A PNG of samples of any depth, with Adam7 where it is wanted; rows are not filtered."""
    rows, columns = samples.shape[:2]

    def packed(part):
        result = b""
        for row in part:
            if depth == 16:
                line = row.astype(">u2").tobytes()
            elif depth == 8:
                line = row.astype(numpy.uint8).tobytes()
            else:
                bits = "".join(format(int(sample), f"0{depth}b") for sample in row.reshape(-1))
                bits += "0" * (-len(bits) % 8)
                line = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
            result += b"\0" + line
        return result

    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    parts = [samples[y::down, x::right] for y, x, down, right in passes] if interlaced else [samples]
    data = b"".join(packed(part) for part in parts if part.size > 0)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", columns, rows, depth, kind, 0, 0, int(interlaced))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + (chunk(b"PLTE", palette) if palette else b"")
        + (chunk(b"tRNS", transparency) if transparency else b"")
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


save("rgb.png", picture(rgb), format="PNG")
save("rgba.png", picture(rgba), format="PNG")
save("grey.png", picture(rgb, "L"), format="PNG")
save("grey-alpha.png", Image.fromarray(rgba).convert("LA"), format="PNG")
save("palette.png", picture(rgb).quantize(13), format="PNG", bits=4)
save("palette-transparent.png", picture(rgb).quantize(13), format="PNG", transparency=3)
save("bilevel.png", picture(rgb, "1"), format="PNG")
write("rgb16.png", png(wide, 16, 2))
write("grey16.png", png(wide[:, :, 0], 16, 0))
write("interlaced.png", png(rgb, 8, 2, interlaced=True))
write("interlaced-palette.png", png(rgb[:, :, 0] >> 6, 2, 3, palette=bytes(range(12)), interlaced=True))
write("grey2.png", png(rgb[:, :, 0] >> 6, 2, 0))

# JPEG 2000
save("lossless.jp2", picture(rgb), format="JPEG2000")
save("lossy.jp2", picture(rgb), format="JPEG2000", irreversible=True, quality_mode="rates", quality_layers=[4])
save("layers.j2k", picture(rgb), format="JPEG2000", no_jp2=True, quality_layers=[20, 5, 1])
save("tiles.jp2", picture(rgb), format="JPEG2000", tile_size=(8, 8), num_resolutions=2, codeblock_size=(4, 4))
save("precincts.jp2", picture(rgb), format="JPEG2000", precinct_size=(8, 8), num_resolutions=2, codeblock_size=(4, 4))
save("grey.jp2", picture(rgb, "L"), format="JPEG2000")
save("grey16.jp2", Image.fromarray(wide[:, :, 0]), format="JPEG2000")
save("rgba.jp2", picture(rgba), format="JPEG2000")


# BMP
def bmp(bits, pixels, *, compression=0, palette=b"", masks=b"", top_down=False, size=40):
    rows = -height if top_down else height
    if size == 12:
        head = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        colours = len(palette) // 4
        head = struct.pack("<IiiHHIIiiII", size, width, rows, 1, bits, compression, len(pixels), 0, 0, colours, 0)
        head += b"\0" * (size - 40 - (len(masks) if size > 40 else 0))
    body = head[:40] + masks + head[40:] if masks else head
    offset = 14 + len(body) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) + body + palette + pixels


def rows_of(data, size):
    """Rows from the bottom, each filled up to a multiple of four bytes."""
    lines = [data[row * size : (row + 1) * size] for row in range(height)]
    return b"".join(line + b"\0" * (-size % 4) for line in reversed(lines))


indices = rgb[:, :, 0] >> 4
palette4 = b"".join(bytes([16 * index, 255 - 16 * index, 7 * index, 0]) for index in range(16))
five_six_five = (
    (rgb[:, :, 0].astype(int) >> 3 << 11) | (rgb[:, :, 1].astype(int) >> 2 << 5) | rgb[:, :, 2].astype(int) >> 3
).astype("<u2")
runs8 = b"".join(
    b"".join(bytes([1, int(index)]) for index in row[:3])
    + bytes([0, 5]) + bytes(int(index) for index in row[3:8]) + b"\0"
    + bytes([4, int(row[8])])
    + b"\0\0"
    for row in reversed(indices)
) + b"\0\1"
runs4 = (
    bytes([14, 0x12, 0, 0]) * 4
    + bytes([0, 6, 0x34, 0x56, 0x78, 0]) + bytes([0, 2, 2, 3])
    + bytes([4, 0x9A, 0, 0])
    + bytes([14, 0xBC, 0, 0]) * 3 + b"\0\1"
)
save("rgb.bmp", picture(rgb), format="BMP")
save("grey.bmp", picture(rgb, "L"), format="BMP")
save("bilevel.bmp", picture(rgb, "1"), format="BMP")
nibbles = bytes(
    int(row[column]) << 4 | int(row[column + 1]) for row in indices for column in range(0, width, 2)
)
write("palette4.bmp", bmp(4, rows_of(nibbles, width // 2), palette=palette4))
write("core.bmp", bmp(24, rows_of(rgb[:, :, ::-1].tobytes(), width * 3), size=12))
write("top-down.bmp", bmp(24, rows_of(rgb[::-1, :, ::-1].tobytes(), width * 3), top_down=True))
write("555.bmp", bmp(16, rows_of((five_six_five & 0x7FFF).tobytes(), width * 2)))
masks565 = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
write("565.bmp", bmp(16, rows_of(five_six_five.tobytes(), width * 2), compression=3, masks=masks565))
masks8888 = struct.pack("<IIII", 0xFF, 0xFF00, 0xFF0000, 0xFF000000)
write("v4-alpha.bmp", bmp(32, rows_of(rgba.tobytes(), width * 4), compression=3, masks=masks8888, size=108))
write("runs8.bmp", bmp(8, runs8, compression=1, palette=palette4))
write("runs4.bmp", bmp(4, runs4, compression=2, palette=palette4))


# TIFF
def tiff(name, array, **options):
    target = io.BytesIO()
    tifffile.imwrite(target, array, metadata=None, software=False, **options)
    write(name, target.getvalue())


save("rgb.tif", picture(rgb), format="TIFF")
save("lzw.tif", picture(rgb), format="TIFF", compression="tiff_lzw")
save("deflate.tif", picture(rgb), format="TIFF", compression="tiff_adobe_deflate")
save("packbits.tif", picture(rgb), format="TIFF", compression="packbits")
save("jpeg.tif", picture(rgb), format="TIFF", compression="jpeg")
save("group4.tif", picture(rgb, "1"), format="TIFF", compression="group4")
save("palette.tif", picture(rgb).quantize(13), format="TIFF")
save("cmyk.tif", picture(rgb, "CMYK"), format="TIFF")
save("rgba.tif", picture(rgba), format="TIFF")
save("grey16.tif", Image.fromarray(wide[:, :, 0]), format="TIFF")
tiff("rgb16.tif", wide, photometric="rgb")
tiff("tiles.tif", rgb, photometric="rgb", tile=(16, 16), compression="zlib")
tiff("planes.tif", rgb.transpose(2, 0, 1).copy(), photometric="rgb", planarconfig="separate")
tiff("big-endian.tif", rgb, photometric="rgb", byteorder=">")
tiff("big.tif", rgb, photometric="rgb", bigtiff=True)
for orientation in range(2, 9):
    tiff(f"turned{orientation}.tif", rgb, photometric="rgb", extratags=[(274, 3, 1, orientation, True)])
pages = io.BytesIO()
picture(rgb).save(pages, format="TIFF", save_all=True, append_images=[picture(rgb[::-1].copy())])
write("pages.tif", pages.getvalue())

# WebP
save("lossless.webp", picture(rgb), format="WEBP", lossless=True)
save("lossy.webp", picture(rgb), format="WEBP", quality=80)
save("alpha.webp", picture(rgba), format="WEBP", lossless=True, exact=True)
save(
    "animated.webp",
    picture(rgb),
    format="WEBP",
    lossless=True,
    save_all=True,
    append_images=[picture(rgb[::-1].copy())],
)

# Portable anymaps
grey = rgb[:, :, 1]
size = f"{width} {height}\n".encode()


def words(array):
    return b"\n".join(b" ".join(str(int(sample)).encode() for sample in row.reshape(-1)) for row in array) + b"\n"


write("plain.pbm", b"P1\n# a comment\n" + size + words(grey > 127).replace(b" ", b""))
write("plain.pgm", b"P2\n" + size + b"255\n" + words(grey))
write("plain.ppm", b"P3 " + size + b"# another\n255\n" + words(rgb))
write("bits.pbm", b"P4\n" + size + numpy.packbits(grey > 127, axis=1).tobytes())
write("grey.pgm", b"P5\n" + size + b"255\n" + grey.tobytes())
write("grey16.pgm", b"P5\n" + size + b"65535\n" + wide[:, :, 0].astype(">u2").tobytes())
write("shades15.pgm", b"P5\n" + size + b"15\n" + (grey >> 4).tobytes())
write("rgb.ppm", b"P6\n" + size + b"255\n" + rgb.tobytes())
write("shades1023.ppm", b"P6\n" + size + b"1023\n" + (wide >> 6).astype(">u2").tobytes())

# Grey as Pillow sees it.
numpy.save(here / "rgb.png.grey.npy", numpy.array(picture(rgb).convert("L"))[:, :, None])
