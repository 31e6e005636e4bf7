"""HTTP/1.1: clients that are slow, silent, many, or gone. A1 to A4, A9, A10."""
import contextlib
import select
import time

from attacks_server import BOUND, GOOD, attack, slow_request
from attacks_wire import Reader, ask, expect, infer, raw, request, reset, send, trickle

OPTIONS = ["--idle-timeout", "1", "--receive-timeout", "1", "--threads", "1", "--model-control", "explicit"]
PATH = "/v2/models/linear/infer"


def many(server, count, interface="http"):
    """As many connections, as far as the server takes them."""
    stack = contextlib.ExitStack()
    return stack, [stack.enter_context(server.connect(interface)) for _ in range(count)]


@attack("A3 a client that asks for ever and does not read the answers")
def deaf_pipeline(server):
    before, peak, until = server.memory(), 0, time.monotonic() + 2
    data = request("GET", "/v2/models/stats") * 1000
    with server.connect(receive_buffer=4096) as connection:
        connection.setblocking(False)
        while time.monotonic() < until and select.select([], [connection], [], 1)[1]:
            connection.send(data)
        peak = server.peak() - before
    assert peak <= 32 << 20, f"memory for one connection, expected at most 32 MiB, got {peak >> 20}"


@attack("A1 heads that come byte by byte")
def slow_heads(server):
    for start in [b"", b"GET /v2 HTTP/1.1\r\nX-A: ", b"PRI * HTTP/2.0\r\n"]:
        stack, connections = many(server, 100)
        with stack:
            for connection in connections:
                send(connection, start)
            took = trickle(connections[0], b"a" if start else b"", 4)
            assert took < 3, f"{start}: expected an end within 2 s, got {took}"
            for connection in connections[1:]:
                assert Reader(connection).is_closed(), f"{start}: a connection is still open"


@attack("A2 bodies that come byte by byte")
def slow_bodies(server):
    for fields in [["Content-Length: 100000"], ["Transfer-Encoding: chunked"]]:
        with server.connect() as connection:
            send(connection, request("POST", PATH, b"", *fields))
            took = trickle(connection, b"1\r\n \r\n" if "chunked" in fields[0] else b" ", 4)
            assert took < 2, f"expected an answer within 1 s, got {took}"
            reader = Reader(connection)
            expect(reader.answer(), 408, "the body is late")
            assert reader.is_closed()


def large(server, megabytes):
    """A request whose answer is as long as itself, in bytes."""
    count = megabytes << 18
    head = (
        '{"parameters":{"binary_data_output":true},"inputs":[{"name":"in","datatype":"FP32","shape":[1,%d],'
        '"parameters":{"binary_data_size":%d}}]}' % (count, count * 4)
    ).encode()
    field = f"Inference-Header-Content-Length: {len(head)}"
    return request("POST", "/v2/models/echo_FP32/infer", head + bytes(count * 4), field)


@attack("A3 clients that do not read their answers")
def slow_readers(server):
    connections = [server.connect(receive_buffer=4096) for _ in range(10)]
    for connection in connections:
        send(connection, large(server, 8))
    for _ in range(50):
        expect(infer(server, "linear", GOOD), 200, None)
    for connection in connections:
        connection.close()


@attack("A4 lengths without a body")
def huge_lengths(server):
    for length in [(64 << 20) + 1, 1 << 40, (1 << 63) - 1]:
        started = time.monotonic()
        expect(raw(server, request("POST", PATH, b"", f"Content-Length: {length}")), 413, "too long", str(length))
        assert time.monotonic() - started < 0.5, f"{length} is not refused at once"
    stack, connections = many(server, 200)
    with stack:
        for connection in connections:
            send(connection, request("POST", PATH, b"", f"Content-Length: {64 << 20}"))
        for connection in connections:
            expect(Reader(connection).answer(), 408, "late", "silence")


@attack("A9 10,000 connections without a word")
def idle(server):
    with server.connect() as held:
        reader = Reader(held)
        stack = contextlib.ExitStack()
        with stack:
            for index in range(10_000):
                try:
                    # A connection more than the machine holds for the server is not waited for.
                    stack.enter_context(server.connect(timeout=0.05))
                except OSError:
                    continue
                if index % 100 == 0:
                    send(held, request("GET", "/v2/health/live"))
                    assert reader.answer().status == 200, "a connection that was there before"
        peak = server.peak()
        assert peak <= BOUND, f"memory, expected at most {BOUND >> 20} MiB, got {peak >> 20}"
    # They were closed just now, which takes the server a moment.
    until = time.monotonic() + 2
    while raw(server, request("GET", "/v2/health/live")) is None:
        assert time.monotonic() < until, "no connection is taken 2 s after all of them closed"


@attack("A10 clients that leave before their answer: what waits is not computed, what is computed ends")
def leave(server):
    started = time.monotonic()
    expect(infer(server, "slow", slow_request(20_000)), 200, None)
    once = time.monotonic() - started
    for data in [slow_request(20_000)] * 40:
        connection = server.connect()
        send(connection, request("POST", "/v2/models/slow/infer", data))
        reset(connection)
    started = time.monotonic()
    expect(infer(server, "linear", GOOD), 200, None)
    took = time.monotonic() - started
    assert took < 10 * once, f"40 requests without a client are computed: {took:.2f} s, one takes {once:.2f} s"
    connection = server.connect()
    send(connection, request("POST", "/v2/models/slow/infer", slow_request(400_000)))
    expect(ask(server, "GET", "/v2"), 200, None)
    reset(connection)
    started = time.monotonic()
    expect(infer(server, "linear", GOOD), 200, None)
    took = time.monotonic() - started
    assert took < 10 * once, f"a request whose client has left is computed on: {took:.2f} s"


@attack("A10 connections that end at every byte of a request")
def cut(server):
    whole = request("POST", PATH, GOOD)
    for end in range(len(whole)):
        connection = server.connect()
        send(connection, whole[:end])
        (reset if end % 2 else lambda connection: connection.close())(connection)
