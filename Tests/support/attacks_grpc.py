"""gRPC: messages that are not what they say, and calls whose time is over. B7 to B9."""
import gzip
import struct
import threading
import time
import zlib

import grpc
import numpy as np
from google.protobuf.descriptor_pb2 import DescriptorProto
from tritonclient.grpc import service_pb2, service_pb2_grpc

from attacks_http2_wire import Session, head
from attacks_server import GOOD_Y, attack
from attacks_wire import raw, request

OPTIONS = ["--idle-timeout", "1", "--receive-timeout", "1", "--max-body", str(4 << 20), "--threads", "1"]
SERVICE = "/inference.GRPCInferenceService"
OK, CANCELLED, INVALID, LATE, NOT_FOUND, EXHAUSTED, PRECONDITION, UNIMPLEMENTED, INTERNAL = 0, 1, 3, 4, 5, 8, 9, 12, 13


def message(payload, flag=0, length=None):
    return struct.pack(">BI", flag, len(payload) if length is None else length) + payload


def call(server, body, *fields, method="ModelInfer"):
    """The status and the words of a call."""
    with Session(server, "grpc") as session:
        names = [("content-type", "application/grpc"), ("te", "trailers"), *fields]
        stream = session.request(head("POST", f"{SERVICE}/{method}", *names), body)
        session.outcome(stream)
        answer = {**session.statuses.get(stream, {}), **session.trailers.get(stream, {})}
        return int(answer.get("grpc-status", -1)), answer.get("grpc-message", "")


def infer_request(
    model="linear", name="X", datatype="FP32", shape=(1, 4), raw=(np.float32([1, 2, 3, 4]).tobytes(),), **contents,
):
    request = service_pb2.ModelInferRequest(model_name=model)
    tensor = request.inputs.add(name=name, datatype=datatype, shape=shape)
    for key, value in contents.items():
        getattr(tensor.contents, key).extend(value)
    request.raw_input_contents.extend(raw)
    return request


def expect(got, statuses, name):
    statuses = [statuses] if isinstance(statuses, int) else statuses
    assert got[0] in statuses, f"{name}: expected grpc-status {statuses}, got {got}"
    assert got[0] == OK or got[1], f"{name}: the failure has no words"


def all_of(server, cases, *fields, method="ModelInfer"):
    """Makes calls with what each must be answered, and says of all that were answered otherwise."""
    wrongs = []
    for name, (statuses, body) in cases.items():
        try:
            body = message(body.SerializeToString()) if hasattr(body, "SerializeToString") else body
            expect(call(server, body, *fields, method=method), statuses, name)
        except (AssertionError, TimeoutError) as error:
            wrongs.append(str(error) if name in str(error) else f"{name}: {error}")
    assert not wrongs, "\n     ".join(wrongs)


def stub(server):
    return service_pb2_grpc.GRPCInferenceServiceStub(grpc.insecure_channel(server.grpc))


@attack("B7 messages that are too long, cut off, compressed otherwise than they say, or bombs")
def framing(server):
    good = infer_request().SerializeToString()
    bomb = gzip.compress(bytes(64 << 20))
    cases = {
        "good": (OK, message(good)), "no message": (INTERNAL, b""), "half a prefix": (INTERNAL, b"\0\0\0"),
        "length above the limit": (EXHAUSTED, message(good, length=(4 << 20) + 1)),
        "length of 4 GiB": (EXHAUSTED, message(good, length=0xFFFFFFFF)),
        "length of more": (INTERNAL, message(good, length=len(good) + 1)),
        "length of less": ([INTERNAL, INVALID], message(good, length=len(good) - 1)),
        "two messages": (INTERNAL, message(good) * 2),
        "200,000 empty messages": ([INTERNAL, EXHAUSTED, INVALID], message(b"") * 200_000),
        "flag 1 without a compression": (INTERNAL, message(gzip.compress(good), 1)),
        "flag 7": ([INTERNAL, UNIMPLEMENTED], message(good, 7)),
        "empty": ([INVALID, NOT_FOUND], message(b"")), "not a message": (INVALID, message(b"\xff" * 100)),
    }
    all_of(server, cases)
    all_of(server, {
        "gzip": (OK, message(gzip.compress(good), 1)), "gzip that is not": ([INTERNAL, INVALID], message(good, 1)),
        "not compressed": (OK, message(good)),
        "gzip cut off": ([INTERNAL, INVALID], message(gzip.compress(good)[:-5], 1)),
        f"bomb of {len(bomb)} bytes": (EXHAUSTED, message(bomb, 1)),
        "gzip with more behind": ([INTERNAL, INVALID], message(gzip.compress(good) + b"x", 1)),
    }, ("grpc-encoding", "gzip"))
    all_of(server, {
        "deflate": (OK, message(zlib.compress(good), 1)),
        "deflate with more behind": ([INTERNAL, INVALID], message(zlib.compress(good) + b"x", 1)),
        "deflate bomb": (EXHAUSTED, message(zlib.compress(bytes(16 << 20)), 1)),
    }, ("grpc-encoding", "deflate"))
    all_of(server, {"unknown compression": (UNIMPLEMENTED, message(good, 1))}, ("grpc-encoding", "snappy"))
    with Session(server, "grpc") as session:
        fields = head("POST", f"{SERVICE}/ModelInfer", ("content-type", "application/json"))
        assert session.ask(fields, message(good)) == 415, "another content type"
    expect(call(server, message(good), method="Nope"), UNIMPLEMENTED, "another method")
    expect(call(server, message(good), method="%00" * 1000), UNIMPLEMENTED, "another method")


@attack("B7 calls over HTTP/1.1, which has no trailers for their status")
def http1(server):
    body = message(b"")
    answer = raw(
        server, request("POST", f"{SERVICE}/ServerLive", body, "Content-Type: application/grpc"), interface="grpc",
    )
    assert answer is None or answer.status in [400, 415, 426, 505], f"expected a refusal, got {answer}"


@attack("B7 streams of calls whose messages are broken end with a status")
def stream_framing(server):
    good = infer_request().SerializeToString()
    stream = "ModelStreamInfer"
    all_of(server, {
        "no message": (OK, b""), "two": (OK, message(good) * 2),
        "too long": (EXHAUSTED, message(good, length=0xFFFFFFFF)),
        "cut off": (INTERNAL, message(good) + message(good)[:-1]),
        "broken behind a good one": (EXHAUSTED, message(good) + message(b"", length=1 << 30)),
        "not messages": (OK, message(b"\xff" * 10) * 100), "flag 1 without a compression": (INTERNAL, message(good, 1)),
    }, method=stream)
    with Session(server, "grpc") as session:
        fields = head("POST", f"{SERVICE}/{stream}", ("content-type", "application/grpc"))
        got = session.ask(fields, message(b"") * 10_000)
        assert session.resets or session.isClosed or got == 200, "10,000 empty messages"


@attack("B8 messages with unknown fields, mixed contents, and other counts")
def protobuf(server):
    values = {"fp32_contents": [1, 2, 3, 4]}
    good = infer_request().SerializeToString()
    group = b"\xab\x06" * 10_000
    raw = np.float32([1, 2, 3, 4]).tobytes()
    all_of(server, {
        "contents": (OK, infer_request(raw=(), **values)),
        "raw contents and contents": (INVALID, infer_request(**values)),
        "unknown fields": (
            OK, message(good + b"\xa0\x06\x01" + b"\xaa\x06\x03abc" + b"\xa5\x06abcd" + b"\xa1\x06abcdefgh"),
        ),
        "more raw contents than inputs": (INVALID, infer_request(raw=(raw, raw))),
        "too few bytes": (INVALID, infer_request(raw=(raw[:-1],))),
        "too many bytes": (INVALID, infer_request(raw=(raw + b"a",))), "no bytes": (INVALID, infer_request(raw=(b"",))),
        "nothing": (INVALID, infer_request(raw=())),
        "other contents": (INVALID, infer_request(raw=(), int_contents=[1, 2, 3, 4])),
        "groups without end": (INVALID, message(good + group)),
        "groups that end": ([OK, INVALID], message(good + b"\xab\x06" * 50 + b"\xac\x06" * 50)),
        "varint without end": (INVALID, message(good + b"\xff" * 20)), "field 0": (INVALID, message(good + b"\0\0")),
        "length beyond the message": (INVALID, message(good + b"\x0a\xff\xff\xff\xff\x07a")),
        "length of 2^64": (INVALID, message(b"\x0a" + b"\xff" * 9 + b"\x01")),
        "name that is a number": (INVALID, message(b"\x08\x01")),
        "name that is not UTF-8": (INVALID, message(b"\x0a\x02\xff\xfe")),
        "wrong datatype": (INVALID, infer_request(datatype="INT32")),
        "unknown datatype": (INVALID, infer_request(datatype="FP8")),
        "unknown input": (INVALID, infer_request(name="Z")),
        "unknown model": (NOT_FOUND, infer_request(model="nope\n%\0")),
        "negative extent": (INVALID, infer_request(shape=(-1, 4))),
        "extents of 2^62": (INVALID, infer_request(shape=[1 << 62] * 30)),
        "1,000,000 extents": (INVALID, infer_request(shape=[1] * 1_000_000)),
        "extent 0": (OK, infer_request(shape=(0, 4), raw=(b"",))),
        "INT8 out of range": (INVALID, infer_request("echo_INT8", "in", "INT8", (1, 1), (), int_contents=[128])),
        "UINT8 out of range": (INVALID, infer_request("echo_UINT8", "in", "UINT8", (1, 1), (), uint_contents=[256])),
        "FP16 in contents": (INVALID, infer_request("echo_FP16", "in", "FP16", (1, 1), (), fp32_contents=[1])),
        "BYTES longer than they are": (
            INVALID, infer_request("echo_BYTES", "in", "BYTES", (1, 1), (b"\xff\xff\xff\xff",)),
        ),
        "BYTES cut in a length": (INVALID, infer_request("echo_BYTES", "in", "BYTES", (1, 1), (b"\1\0\0\0a\1",))),
        "BOOL of 2": ([OK, INVALID], infer_request("echo_BOOL", "in", "BOOL", (1, 1), (b"\2",))),
    })
    everything = DescriptorProto(name="a" * 100_000).SerializeToString()
    for method in service_pb2.DESCRIPTOR.services_by_name["GRPCInferenceService"].methods:
        for body in [b"", b"\xff" * 50, everything, b"\x0a\x01", b"\x12\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"]:
            try:
                status = call(server, message(body), method=method.name)[0]
            except TimeoutError:
                status = "none in time"
            assert status in range(1 + UNIMPLEMENTED + 4), f"{method.name} of {body[:10]}: the status is {status}"


def slow(trips):
    request = infer_request("slow", "trips", "INT64", [1], [np.int64([trips]).tobytes()])
    request.inputs.add(name="in", datatype="FP32", shape=[8, 8])
    request.raw_input_contents.append(bytes(256))
    return request


@attack("B9 calls whose time is over or that are taken back are computed no further")
def deadlines(server):
    calls = stub(server)
    answer = calls.ModelInfer(infer_request())
    assert np.allclose(np.frombuffer(answer.raw_output_contents[0], np.float32), GOOD_Y)
    started = time.monotonic()
    calls.ModelInfer(slow(20_000))
    once = time.monotonic() - started
    for name, end in [
        ("whose time is over", lambda: calls.ModelInfer.future(slow(400_000), timeout=0.1)),
        ("that is taken back", lambda: calls.ModelInfer.future(slow(400_000))),
    ]:
        running = end()
        waiting = [calls.ModelInfer.future(slow(20_000), timeout=0.2) for _ in range(50)]
        if "taken" in name:
            running.cancel()
        for future in [running, *waiting]:
            try:
                error = future.exception(timeout=8)
            except grpc.FutureCancelledError:
                continue
            assert error or future is not running, f"a call {name} is answered"
            assert not error or error.code() is grpc.StatusCode.DEADLINE_EXCEEDED, error
        started = time.monotonic()
        calls.ModelInfer(infer_request())
        took = time.monotonic() - started
        assert took < 10 * once, f"a call {name} is computed on: {took:.2f} s, where another takes {once:.2f} s"


@attack("B9 timeouts of every form")
def timeouts(server):
    good = message(infer_request().SerializeToString())
    for text, statuses in {
        "99999999H": [OK], "1H": [OK], "0n": [LATE], "1n": [LATE], "0S": [LATE], "-1S": [INTERNAL, LATE, INVALID],
        "999999999H": [INTERNAL, INVALID],
        "1": [INTERNAL, INVALID], "S": [INTERNAL, INVALID], "1s": [INTERNAL, INVALID], "1.5S": [INTERNAL, INVALID],
        "": [INTERNAL, INVALID], "+1S": [INTERNAL, INVALID],
    }.items():
        expect(call(server, good, ("grpc-timeout", text)), statuses, f"timeout `{text}`")


@attack("B10 1,000 streams of calls that are opened and left, from 8 clients")
def leave_streams(server):
    def open_and_leave():
        calls = stub(server)
        for index in range(125):
            answers = calls.ModelStreamInfer(iter([infer_request()] * 3))
            if index % 2:
                next(answers)
            answers.cancel()
    threads = [threading.Thread(target=open_and_leave) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
