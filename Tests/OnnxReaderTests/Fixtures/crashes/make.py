"""Writes deep-subgraphs.onnx: 2000 graphs, each in an attribute of the only node of the one around it.

A reader that recurses without a bound overflows its stack; protobuf-c 1.4.1 does, of a file with more levels.
"""
import pathlib


def field(number, payload):
    length, size = b"", len(payload)
    while size > 0x7F:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + payload


graph = field(2, b"g")
for _ in range(2000):
    attribute = field(1, b"then_branch") + field(6, graph) + bytes([20 << 3 & 0x7F | 0x80, 1, 5])
    graph = field(1, field(4, b"If") + field(5, attribute)) + field(2, b"g")
model = bytes([1 << 3, 8]) + field(7, graph) + field(8, bytes([2 << 3, 17]))
(pathlib.Path(__file__).parent / "deep-subgraphs.onnx").write_bytes(model)
