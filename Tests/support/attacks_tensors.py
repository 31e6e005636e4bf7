"""Bytes of tensors that are not what they say, classification, and batches. C5, C6, C10, C13, C14."""
import struct
import threading

import numpy as np

from attacks_json import all_of, body, tensor
from attacks_server import attack
from attacks_wire import expect, infer

OPTIONS = ["--idle-timeout", "1", "--receive-timeout", "1", "--max-body", str(4 << 20)]
LENGTH = "Inference-Header-Content-Length"
ROW = np.float32([1, 2, 3, 4]).tobytes()


def sized(size, name="X", datatype="FP32", shape="[1,4]", more=""):
    parameters = f'{{"binary_data_size":{size}{more}}}'
    return f'{{"name":"{name}","datatype":"{datatype}","shape":{shape},"parameters":{parameters}}}'


def binary(server, model, json, data, *fields):
    return infer(server, model, json + data, *(fields or [f"{LENGTH}: {len(json)}"]))


@attack("C5 sizes of binary tensors that are negative, huge, missing, or not those of the shape")
def sizes(server):
    wrongs = []
    cases = {
        "good": (200, body(sized(16)), ROW), "negative": (400, body(sized(-1)), ROW),
        "2^63": (400, body(sized(1 << 63)), ROW), "2^63 - 1": (400, body(sized((1 << 63) - 1)), ROW),
        "2^64 + 16": (400, body(sized((1 << 64) + 16)), ROW), "fraction": (400, body(sized(16.5)), ROW),
        "string": (400, body(sized('"16"')), ROW), "null": (400, body(sized("null")), ROW),
        "true": (400, body(sized("true")), ROW), "0": (400, body(sized(0)), b""),
        "0 and bytes": (400, body(sized(0)), ROW), "one less": (400, body(sized(15)), ROW),
        "one more": (400, body(sized(17)), ROW + b"a"), "bytes behind": (400, body(sized(16)), ROW + b"a"),
        "bytes missing": (400, body(sized(16)), ROW[:-1]), "no bytes": (400, body(sized(16)), b""),
        "twice": (400, body(sized(16, more=',"binary_data_size":16')), ROW),
        "data too": (400, body(sized(16)[:-1] + ',"data":[1,2,3,4]}'), ROW),
        "bytes of no input": (400, body(tensor()), ROW), "no rows": (200, body(sized(0, shape="[0,4]")), b""),
        "shape of 2^62": (400, body(sized(16, shape="[4611686018427387904,4]")), ROW),
        "two inputs of one name": (400, body(sized(16), sized(16)), ROW * 2),
        "shared memory": ([400, 501], body(sized(16, more=',"shared_memory_region":"a"')), ROW),
    }
    for name, (statuses, json, data) in cases.items():
        try:
            expect(binary(server, "linear", json, data), statuses, None, name)
        except AssertionError as error:
            wrongs.append(str(error))
    assert not wrongs, "\n     ".join(wrongs)


@attack("C5 lengths of the JSON that are negative, no number, beyond the body, or given twice")
def header_lengths(server):
    json = body(sized(16))
    for text in [
        "-1", "abc", "", str(len(json) + 17), str(1 << 31), str(1 << 63), str((1 << 64) + len(json)), "1.5", "0x10",
        f"{len(json)} {len(json)}", f"{len(json)}, {len(json)}", f"+{len(json)}", "\t", "1e2",
    ]:
        expect(binary(server, "linear", json, ROW, f"{LENGTH}: {text}"), 400, None, f"length `{text}`")
    for lengths in [(len(json), len(json)), (len(json), 5), (0, len(json))]:
        expect(
            binary(server, "linear", json, ROW, *[f"{LENGTH}: {length}" for length in lengths]), 400, None,
            f"lengths {lengths}"
        )
    for length in [1, len(json) - 1, len(json) + 1, len(json) + 16]:
        expect(binary(server, "linear", json, ROW, f"{LENGTH}: {length}"), 400, None, f"length {length} of {len(json)}")
    expect(infer(server, "linear", ROW, f"{LENGTH}: 0"), 200, None, "raw bytes")
    for data in [ROW[:-1], ROW + b"a"]:
        expect(infer(server, "linear", data, f"{LENGTH}: 0"), 400, None, f"{len(data)} raw bytes")
    expect(infer(server, "linear", b"", f"{LENGTH}: 0"), [200, 400], None, "no raw bytes")
    expect(infer(server, "slow", ROW, f"{LENGTH}: 0"), 400, None, "raw bytes for two inputs")


@attack("C6 elements of BYTES that are longer than what is there")
def byte_lengths(server):
    def one(data, count=1):
        return binary(server, "echo_BYTES", body(sized(len(data), "in", "BYTES", f"[1,{count}]")), data)
    expect(one(b"\3\0\0\0abc"), 200, None, "good")
    expect(one(b"\0\0\0\0" * 1000, 1000), 200, None, "1,000 empty elements")
    for data in [
        b"\4\0\0\0abc", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7fabc", b"\0\0\0\x80", b"\3\0\0", b"\3", b"\3\0\0\0abcd",
        b"\3\0\0\0abc\0", b"\2\0\0\0abc", b"\0\0\0\0" * 2, b"", b"\1\0\0\0\xff", b"\2\0\0\0\xc0\x80",
    ]:
        expect(one(data), 400, None, f"{data}")
    expect(one(b"\0\0\0\0" * (1 << 19), 1), 400, None, "half a million elements of one")
    expect(one(b"\0\0\0\0" * 4, 1 << 40), 400, None, "2^40 elements of 4")


@attack("C10 counts of classes that are negative, huge, or no counts")
def classes(server):
    def wanted(value, name="Y"):
        return body(tensor(), more=f',"outputs":[{{"name":"{name}","parameters":{{"classification":{value}}}}}]')
    all_of(server, {
        "2": (200, wanted(2)), "0": ([200, 400], wanted(0)), "4": (200, wanted(4)),
        "2^63 - 1": (200, wanted((1 << 63) - 1)), "2^32": (200, wanted(1 << 32)), "2^63": (400, wanted(1 << 63)),
        "-1": (400, wanted(-1)), "minimum": (400, wanted(-(1 << 63))), "1.5": (400, wanted(1.5)),
        "string": (400, wanted('"2"')), "true": (400, wanted("true")), "null": (400, wanted("null")),
        "1e999": (400, wanted("1e999")),
        "another output": (400, wanted(1, "Z")),
    })
    answer = infer(server, "linear", wanted(2)).json()["outputs"][0]
    assert answer["data"] == ["11.000000:2", "9.000000:1"], answer
    nan = np.float32([np.nan, np.inf, -np.inf, 1]).tobytes()
    json = body(sized(16, "in"), more=',"outputs":[{"name":"out","parameters":{"classification":9}}]')
    expect(binary(server, "echo_FP32", json, nan), 200, None, "no numbers")
    for datatype, data in [("BYTES", '["a"]'), ("BOOL", "[true]")]:
        more = ',"outputs":[{"name":"out","parameters":{"classification":1}}]'
        expect(
            infer(server, f"echo_{datatype}", body(tensor("in", f'"{datatype}"', "[1,1]", data), more=more)), 400,
            None, datatype,
        )
    for shape in ["[0,0]", "[0,5]", "[5,0]"]:
        more = ',"outputs":[{"name":"out","parameters":{"classification":1}}]'
        expect(
            infer(server, "echo_FP32", body(tensor("in", shape=shape, data="[]"), more=more)), [200, 400], None, shape,
        )
    large = bytes(4 * 250_000)
    more = ',"outputs":[{"name":"out","parameters":{"classification":9000000}}]'
    expect(
        binary(server, "echo_FP32", body(sized(len(large), "in", shape="[1,250000]"), more=more), large), 200, None,
        "250,000 classes",
    )


@attack("C10 values that JSON has no numbers for")
def no_numbers(server):
    data = np.float32([np.nan, np.inf, -np.inf, 0]).tobytes()
    answer = binary(server, "echo_FP32", body(sized(16, "in")), data)
    assert answer.status in [200, 400], answer
    assert answer.status == 400 or answer.json(), "the answer is no JSON"


@attack("C13 batches as large as a body can be")
def batches(server):
    rows = 200_000
    answer = binary(server, "linear", body(sized(16 * rows, shape=f"[{rows},4]")), ROW * rows)
    expect(answer, 200, None, f"{rows} rows")
    assert answer.json()["outputs"][0]["shape"] == [rows, 3]
    expect(
        binary(server, "linear", body(sized(16 * 300_000, shape="[300000,4]")), ROW * 300_000), 413, None,
        "300,000 rows",
    )


@attack("C14 requests of all shapes at a time, some of them wrong, fail and succeed each by itself")
def neighbours(server):
    wrongs = []

    def ask(seed):
        for index in range(60):
            kind, rows = (seed + index) % 4, (seed * 7 + index) % 5
            data = (np.arange(rows * 4) + seed).astype(np.float32).reshape(rows, 4)
            if kind == 0:
                answer = infer(server, "linear", body(tensor(data="[1,2,3]")))
                wrongs.extend([] if answer.status == 400 else [f"too few elements: {answer}"])
            elif kind == 1:
                answer = binary(
                    server, "linear", body(sized(20, shape="[1,5]")), struct.pack("5f", *[float("nan")] * 5),
                )
                wrongs.extend([] if answer.status == 400 else [f"five columns: {answer}"])
            else:
                answer = binary(server, "linear", body(sized(data.nbytes, shape=f"[{rows},4]")), data.tobytes())
                right = data @ (np.arange(12) / 10).reshape(4, 3) + [1, 2, 3]
                if answer.status != 200 or not np.allclose(answer.json()["outputs"][0]["data"], right.ravel(), 1e-4):
                    wrongs.append(f"{rows} rows: {answer}")
    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrongs, f"{len(wrongs)} of 480, such as {wrongs[0]}"
