"""HTTP/2: floods, bombs and broken frames on both ports. B1 to B6, B10."""
import gzip
import time

from attacks_http2_wire import (
    ACK, ALTSVC, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, ORIGIN, PADDED, PING, PRIORITY,
    PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, Session, frame, head, literal, plain,
)
from attacks_json import body
from attacks_server import GOOD, attack, slow_request
from attacks_tensors import sized
from attacks_wire import expect, infer

OPTIONS = ["--idle-timeout", "1", "--receive-timeout", "1", "--max-body", str(4 << 20), "--threads", "1"]
INFER = head("POST", "/v2/models/linear/infer")
BOTH = ["http", "grpc"]


def goes_on(session):
    got = session.ask(INFER, GOOD)
    assert got == 200, f"a request on the same connection, expected 200, got {got}"


@attack("B1 100,000 requests that are taken back at once")
def rapid_reset(server):
    for path in ["/v2", "/v2/models/linear/infer", "/inference.GRPCInferenceService/ModelStreamInfer"]:
        for interface in BOTH:
            with Session(server, interface, timeout=4) as session:
                block = plain(head("POST", path, ("content-type", "application/grpc")))
                for _ in range(50):
                    data = b""
                    for _ in range(1000):
                        stream = session.new()
                        data += frame(HEADERS, END_HEADERS, stream, block) + frame(RST_STREAM, 0, stream, b"\0\0\0\x08")
                    session.send(data)
                session.until(lambda: session.goaway is not None)
                assert session.goaway or session.isClosed, f"{path}: the connection goes on"


@attack("B1 requests that wait are dropped when they are taken back")
def reset_waiting(server):
    with Session(server) as session:
        for _ in range(100):
            stream = session.request(head("POST", "/v2/models/slow/infer"), slow_request(20_000))
            session.send(frame(RST_STREAM, 0, stream, b"\0\0\0\x08"))
        started = time.monotonic()
        goes_on(session)
        assert time.monotonic() - started < 3, "100 requests without a client were computed"


@attack("B2 heads that never end")
def continuation(server):
    for interface in BOTH:
        for part in [b"", plain([("x-a", "1")]), plain([("x-a", "a" * 1000)]) * 16, b"\x82" * 16000]:
            with Session(server, interface) as session:
                session.send(frame(HEADERS, 0, 1, plain(head())))
                for _ in range(100):
                    session.send(frame(CONTINUATION, 0, 1, part) * (10 if len(part) > 1000 else 1000))
                assert session.end(), f"the connection goes on after 1,000 frames of {len(part)} bytes"
    with Session(server) as session:
        block = plain(head())
        session.send(
            frame(HEADERS, END_STREAM, session.new(), block[:20]) + frame(CONTINUATION, END_HEADERS, 1, block[20:])
        )
        assert session.outcome(1) == 200, "a head in two frames"


@attack("B3 frames that the server has to answer, and answers that nobody reads")
def floods(server):
    for interface in BOTH:
        for data in [
            frame(PING, 0, 0, b"12345678"), frame(SETTINGS, 0, 0, b"\0\4\0\1\0\0"), frame(SETTINGS),
            frame(HEADERS, END_HEADERS, 0, b""), frame(DATA, 0, 1, b""), frame(PRIORITY, 0, 1, b"\0\0\0\3\0"),
            frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\1"), frame(RST_STREAM, 0, 1, b"\0\0\0\0"), frame(200, 0, 0, b"a" * 100),
        ]:
            before = server.memory()
            with Session(server, interface, receive_buffer=4096, timeout=1) as session:
                for _ in range(50):
                    session.send(data * 2000)
                session.request(head())
            grown = server.peak() - before
            assert grown < 32 << 20, f"{data[:12]}: memory for one connection grew by {grown >> 20} MiB"


@attack("B3 128 requests of one connection whose answers nobody reads")
def deaf(server):
    before = server.memory()
    with Session(server, receive_buffer=4096, timeout=4) as session:
        # Some thousand bytes each, whose answers have 4 MB.
        count = 1_000_000
        json = body(sized(count * 4, "in", shape=f"[1,{count}]"))
        data = gzip.compress(json + bytes(count * 4))
        length = ("inference-header-content-length", str(len(json)))
        fields = head("POST", "/v2/models/echo_FP32/infer", length, ("content-encoding", "gzip"))
        for _ in range(100):
            session.request(fields, data)
        until = time.monotonic() + 4
        while (grown := server.peak() - before) < 128 << 20 and time.monotonic() < until:
            expect(infer(server, "linear", GOOD), [200, 503], None)
    assert grown < 128 << 20, f"memory for the answers of one connection grew by {grown >> 20} MiB"


@attack("B3 a body that dribbles in empty frames is late")
def empty_frames(server):
    with Session(server) as session:
        stream = session.request(INFER, GOOD[:10], end=False)
        until = time.monotonic() + 4
        while stream not in session.ended and not session.isClosed and time.monotonic() < until:
            session.send(frame(DATA, 0, stream, b""))
            session.connection.settimeout(0.05)
            try:
                session.until(lambda: stream in session.ended)
            except TimeoutError:
                continue
        got = session.statuses.get(stream, {}).get(":status")
        assert got == "408" or session.isClosed, f"expected 408, got {got}"


@attack("B4 frames for clients, unknown frames, and frames of the wrong form")
def strange_frames(server):
    for harmless in [
        frame(ALTSVC, 0, 0, b"\0\1ah2=\":1\""), frame(ALTSVC, 0, 0, b""), frame(ORIGIN, 0, 0, b"\0\4http"),
        frame(ORIGIN, 0, 0, b"\xff\xff"), frame(14, 255, 0, b"a" * 100), frame(255, 0, 7, b""),
        frame(PING, ACK, 0, b"a" * 8),
    ]:
        with Session(server) as session:
            session.send(harmless)
            goes_on(session)
    for broken in [
        frame(PUSH_PROMISE, END_HEADERS, 1, b"\0\0\0\2" + plain(head())), frame(PING, 0, 0, b"1"),
        frame(PING, 0, 1, b"a" * 8),
        frame(SETTINGS, ACK, 0, b"\0\4\0\1\0\0"), frame(SETTINGS, 0, 0, b"abc"), frame(SETTINGS, 0, 1),
        frame(SETTINGS, 0, 0, b"\0\4\xff\xff\xff\xff"), frame(SETTINGS, 0, 0, b"\0\5\0\0\0\0"),
        frame(WINDOW_UPDATE, 0, 0, b"\0" * 4),
        frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff"), frame(HEADERS, END_HEADERS, 2, plain(head())),
        frame(HEADERS, END_HEADERS | PADDED, 1, b"\xff"), frame(DATA, 0, 0, b"a"), frame(DATA, 0, 9, b"a"),
        frame(RST_STREAM, 0, 9, b"\0" * 4), frame(RST_STREAM, 0, 0, b"\0" * 4), frame(CONTINUATION, 0, 1, b""),
        frame(DATA, 0, 1, b"a" * 20000), frame(HEADERS, 0, 1, b"", length=(1 << 24) - 1), b"\xff" * 100,
    ]:
        with Session(server) as session:
            session.send(broken)
            assert session.end(), f"{broken[:12]}: the connection goes on"
    with Session(server) as session:
        session.send(frame(GOAWAY, 0, 0, b"\0" * 8))
        assert session.end(), "GOAWAY: the connection goes on"


@attack("B5 fields that grow when they are read")
def hpack(server):
    for interface in BOTH:
        with Session(server, interface) as session:
            remembered = b"\x40" + literal(b"x-a", b"a" * 4000)[1:]
            block = plain(head()) + remembered + b"\xbe" * 10_000
            got = session.ask(block)
            assert got in [431, 400, "reset", "goaway", 200 if interface == "grpc" else None], f"40 MB of fields: {got}"
    for name, block in {
        "fields without a name": plain(head()) + literal(b"", b"") * 1000,
        "index 0": b"\x80", "index beyond the table": b"\xff\xff\xff\xff\x0f", "number without end": b"\xff" * 20,
        "table of 4 GiB": b"\x3f\xe1\xff\xff\xff\x0f" + plain(head()),
        "length beyond the block": b"\0\x7f\xff\xff\xff\x07a",
        "code with a long end": b"\x82\x86\x84\x41\x82\xff\xff\xff",
        "update of the table at the end": plain(head()) + b"\x20",
        "empty": b"",
    }.items():
        for interface in BOTH:
            with Session(server, interface) as session:
                got = session.ask(block)
                assert got in [400, "reset", "goaway", "closed"], f"{name}: {got}"


@attack("B6 heads that HTTP/2 forbids")
def pseudo_fields(server):
    def changed(name, value):
        return b"".join(literal(key.encode(), value if key == name else old.encode()) for key, old in head())
    wrongs = []
    for name, block in {
        "CR and LF in the path": changed(":path", b"/v2\r\nx-a: 1"), "NUL in the path": changed(":path", b"/v2\0"),
        "blank in the path": changed(":path", b"/v2 HTTP/1.1"), "empty path": changed(":path", b""),
        "path without /": changed(":path", b"v2"),
        "LF in the method": changed(":method", b"GET\n"), "CR in the authority": changed(":authority", b"a\rb"),
        "empty method": changed(":method", b""), "LF in a field": plain(head()) + literal(b"x-a", b"1\nx-b: 2"),
        "NUL in a field": plain(head()) + literal(b"x-a", b"1\0"),
        "LF in a name": plain(head()) + literal(b"x\na", b"1"),
        "capital letter": plain(head()) + literal(b"X-A", b"1"), "no path": plain(head()[:2]),
        "two paths": plain(head()) + literal(b":path", b"/a"),
        "status": plain(head()) + literal(b":status", b"200"), "unknown": plain([*head(), (":x", "1")]),
        "behind another": plain([("x-a", "1"), *head()]),
        "connection": plain(head()) + literal(b"connection", b"close"),
        "coding": plain(head()) + literal(b"transfer-encoding", b"chunked"),
        "te": plain(head()) + literal(b"te", b"gzip"),
        "two lengths": plain(head()) + literal(b"content-length", b"0") + literal(b"content-length", b"0"),
        "length of a body that is not there": plain(head()) + literal(b"content-length", b"5"),
        "negative length": plain(head()) + literal(b"content-length", b"-1"),
    }.items():
        with Session(server) as session:
            got = session.ask(block)
            if got not in [400, 404, "reset", "goaway", "closed"]:
                wrongs.append(f"{name}: {got}")
    assert not wrongs, "; ".join(wrongs)


@attack("B10 streams that never end")
def open_streams(server):
    for interface in BOTH:
        with Session(server, interface) as session:
            streams = [
                session.request(
                    head("POST", "/v2/models/linear/infer", ("content-type", "application/grpc")), end=False,
                ) for _ in range(200)
            ]
            for stream in streams:
                got = session.outcome(stream)
                right = {"http": 408, "grpc": 200}[interface]
                assert got in [right, "reset"], f"{interface} {stream}: {got}"
            refused = sum(stream in session.resets for stream in streams)
            assert refused >= 72, f"expected at most 128 of 200 streams at a time, got {200 - refused}"
            session.connection.settimeout(3)
            assert session.end(), f"{interface}: the connection goes on in silence, with streams that are answered"


@attack("B10 a call that streams is not held for ever without a message")
def silent_streams(server):
    fields = head(
        "POST", "/inference.GRPCInferenceService/ModelStreamInfer", ("content-type", "application/grpc"),
        ("te", "trailers"),
    )
    with Session(server, "grpc", timeout=4) as session:
        stream = session.request(fields, end=False)
        try:
            session.until(lambda: stream in session.ended or stream in session.resets or session.goaway is not None)
        except TimeoutError:
            raise AssertionError("a stream without a message is open after 4 s, expected an end or a PING") from None
