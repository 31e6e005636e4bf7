"""Writes the first inputs of a target: corpus.py TARGET FOLDER. All are small, and made anew each time."""

import gzip
import json
import pathlib
import struct
import sys

DATA = {"FP32": [1.5, -2], "FP64": [1e300, 0], "INT8": [-128, 127], "INT64": [-(2**63), 2**63 - 1], "UINT64": [2**64 - 1, 0],
        "BOOL": [True, False], "BYTES": ["a", "é\u0000"], "UINT8": [0, 255]}


def text(method, path, body=b"", **fields):
    """A request as the target `routes` reads it."""
    lines = [f"{method} {path}"] + [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\n".join(lines).encode() + b"\n\n" + body


def infer(datatype, data, **more):
    return {"inputs": [{"name": "x", "shape": [len(data)], "datatype": datatype, "data": data}]} | more


def bodies():
    for datatype, data in DATA.items():
        yield datatype, json.dumps(infer(datatype, data)).encode(), {}
    wanted = infer("FP32", [1, 2], id="7", outputs=[{"name": "y", "parameters": {"classification": 1}}],
                   parameters={"timeout": 10**6, "priority": 1, "binary_data_output": True})
    yield "FP32", json.dumps(wanted).encode(), {}
    yield "FP32", gzip.compress(json.dumps(wanted).encode(), mtime=0), {"content_encoding": "gzip"}
    for datatype, data in [("FP16", b"\0\x3c\0\0"), ("BF16", b"\x80\x3f\0\0"), ("BYTES", struct.pack("<I1sI", 1, b"a", 0))]:
        tensor = {"name": "x", "shape": [2], "datatype": datatype, "parameters": {"binary_data_size": len(data)}}
        head = json.dumps({"inputs": [tensor], "outputs": [{"name": "y", "parameters": {"binary_data": True}}]}).encode()
        yield datatype, head + data, {"inference_header_content_length": len(head)}
    yield "FP32", struct.pack("<2f", 1, 2), {"inference_header_content_length": 0}
    nested = {"inputs": [{"name": "x", "shape": [2, 4], "datatype": "FP32", "data": [[1, 2, 3, 4], [5, 6, 7, 8]]}]}
    yield "linear", json.dumps(nested).encode(), {}


def requests():
    for name, body, fields in bodies():
        model = name if name == "linear" else f"echo_{name}"
        yield "POST", f"/v2/models/{model}/infer", body, fields
    for path in ["/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/linear", "/v2/models/linear/versions/1/config",
                 "/v2/models/linear/stats", "/v2/models/stats", "/v2/models/%6cinear/ready", "/v2/logging", "/v2/trace/setting"]:
        yield "GET", path, b"", {}
    yield "POST", "/v2/repository/index", b'{"ready": true}', {}
    yield "POST", "/v2/repository/models/linear/load", b'{"parameters": {"config": "{}"}}', {}
    yield "POST", "/v2/repository/models/linear/unload", b'{"parameters": {"unload_dependents": false}}', {}


def dialects():
    """Requests of the dialects, of a model whose columns have names, one of an input for each column, and one of images."""
    row, record = [1, 2, 3], {"length": 1, "width": 2, "height": 3}
    mixed = {"price": [1.5], "city": [{"b64": "QmVybg=="}], "count": [2.0]}
    for model, bodies in {
        "columns": [{"instances": [row, row]}, {"instances": [record]}, {"inputs": {"X": [row]}}, {"inputs": {k: [v] for k, v in record.items()}}],
        "table": [{"instances": [mixed]}, {"instances": [[1, "a", 2]]}, {"inputs": mixed}],
        "image": [{"instances": [[[[1], [2]], [[3], [4]]]]}, {"inputs": {"pixels": [[[1, 2], [3, 4]]]}}],
    }.items():
        for wanted in bodies:
            yield "POST", f"/v1/models/{model}:predict", json.dumps(wanted).encode(), {}
            yield "POST", "/invocations", json.dumps(wanted).encode(), {"x_amzn_sagemaker_target_model": model}
    for path in ["/v1/models", "/v1/models/table", "/v1/models/table/versions/1/metadata", "/ping", "/version", "/vertex"]:
        yield "GET", path, b"", {}
    columns, table = {"x_amzn_sagemaker_target_model": "columns"}, {"x_amzn_sagemaker_target_model": "table"}
    split = {"columns": list(record), "index": [0], "data": [row, [None, "NaN", -0.0]]}
    for wanted in [{"dataframe_split": split, "params": {}}, {"dataframe_records": [record, record]}, [row]]:
        yield "POST", "/invocations", json.dumps(wanted).encode(), columns | {"content_type": "application/json"}
    for wanted in [{"input_data": split}, {"data": [row]}, {"Inputs": {"data": [record]}, "GlobalParameters": {}}]:
        yield "POST", "/score", json.dumps(wanted).encode(), columns
    yield "POST", "/vertex:predict", json.dumps({"instances": [row]}).encode(), columns
    for head in ["", "; header=present", "; header=absent"]:
        fields = {"content_type": "text/csv" + head, "accept": "text/csv"}
        yield "POST", "/invocations", b"length,width,height\r\n1,2,\r\n", columns | fields
        yield "POST", "/invocations", b'city,price,count\n"a, ""b""",1.5,2.0\n', table | fields


def varint(number):
    output = bytearray()
    while number > 127:
        output.append(number & 127 | 128)
        number >>= 7
    return bytes(output) + bytes([number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value & 2**64 - 1)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(datatype, extents, contents=b""):
    return field(1, "x") + field(2, datatype) + field(3, b"".join(map(varint, extents))) + (field(5, contents) if contents else b"")


def messages():
    head = field(1, "echo_FP32") + field(3, "id") + field(4, field(1, "timeout") + field(2, field(2, 10**6)))
    yield "ModelInfer", head + field(5, tensor("FP32", [2])) + field(7, struct.pack("<2f", 1, 2))
    contents = {"FP32": field(6, struct.pack("<2f", 1, 2)), "INT64": field(3, varint(2**64 - 1) + varint(5)),
                "BOOL": field(1, b"\0\1"), "BYTES": field(8, "a") + field(8, ""), "UINT8": field(4, b"\0\1"),
                "FP64": field(7, struct.pack("<2d", 1, 2)), "INT8": field(2, varint(2**64 - 1) + b"\1")}
    for datatype, content in contents.items():
        output = field(6, field(1, "y") + field(2, field(1, "classification") + field(2, field(2, 1))))
        yield "ModelInfer", field(1, f"echo_{datatype}") + field(5, tensor(datatype, [2], content)) + output
    for method in ["ServerLive", "ServerReady", "ServerMetadata", "RepositoryIndex", "ModelStatistics", "TraceSetting"]:
        yield method, b""
    for method in ["ModelReady", "ModelMetadata", "ModelConfig", "ModelStatistics"]:
        yield method, field(1, "linear") + field(2, "1")
    yield "RepositoryModelLoad", field(2, "linear") + field(3, field(1, "config") + field(2, field(3, "{}")))


def calls():
    for method, message in messages():
        yield f"{method} grpc-timeout=5S\n".encode() + message
        yield f"{method} grpc-encoding=gzip grpc-accept-encoding=gzip\n".encode() + gzip.compress(message, mtime=0)


def framed(message):
    return b"\0" + struct.pack(">I", len(message)) + message


def streams():
    infers = [message for method, message in messages() if method == "ModelInfer"]
    yield b"\7" + framed(infers[0])
    yield b"\60" + b"".join(map(framed, infers))
    yield b"\0" + framed(b"") + framed(infers[1])


def connections():
    def head(method, path, *fields):
        return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: a", *fields, "", ""]).encode()

    for method, path, body, fields in requests():
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        yield head(method, path, f"Content-Length: {len(body)}", *lines) + body
    body = json.dumps(infer("FP32", [1, 2])).encode()
    chunks = b"%x\r\n%s\r\n0\r\nX: y\r\n\r\n" % (len(body), body)
    yield head("POST", "/v2/models/echo_FP32/infer", "Transfer-Encoding: chunked") + chunks
    yield head("GET", "http://a/v2", "Expect: 100-continue") * 3 + head("GET", "/v2", "Connection: close")


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def connections2():
    def literal(name, value):
        return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()

    settings = frame(4, 0, 0) + frame(4, 1, 0)
    for number, (method, message) in enumerate(messages()):
        block = b"\x83\x86" + literal(":path", f"/inference.GRPCInferenceService/{method}") + literal(":authority", "a")
        block += literal("content-type", "application/grpc") + literal("te", "trailers")
        ping = frame(6, 0, 0, b"12345678") + frame(8, 0, 0, b"\0\0\1\0") if number % 3 == 0 else b""
        yield settings + frame(1, 4, 1, block) + ping + frame(0, 1, 1, framed(message))
    yield settings + frame(1, 0, 1, block[:9]) + frame(9, 4, 1, block[9:]) + frame(3, 0, 1, b"\0\0\0\x08") + frame(7, 0, 0, bytes(8))
    yield frame(4, 0, 0, struct.pack(">HIHI", 4, 0, 1, 0)) + frame(1, 0x2D, 1, b"\2" + bytes(5) + block + b"\0\0")


MAKERS = {
    "routes": lambda: (text(method, path, body, **fields) for method, path, body, fields in [*requests(), *dialects()]),
    "calls": calls,
    "stream": streams,
    "http1": connections,
    "http2": connections2,
}

target, corpus = sys.argv[1], pathlib.Path(sys.argv[2])
for number, data in enumerate(MAKERS[target]()):
    (corpus / f"seed-{number:02}").write_bytes(data)
