"""The end of a server, few files, and overload. F1, F3, F7."""
import contextlib
import math
import select
import signal
import threading
import time

from attacks_grpc import call, infer_request, message, slow
from attacks_http2_wire import Session, head
from attacks_server import GOOD, Server, attack, slow_request
from attacks_wire import Closed, Reader, ask, expect, infer, request, send

OPTIONS = ["--threads", "1", "--queue", "8", "--idle-timeout", "2"]
INFER = request("POST", "/v2/models/linear/infer", GOOD)


def end(server):
    """Waits for the end of a server that was told to end; its exit code."""
    return server.process.wait(8)


@attack("F1 SIGTERM under load: what was asked before is answered, over HTTP/1.1, HTTP/2 and gRPC")
def terminate(server):
    for _ in range(5):
        own = Server(server.executable, "--threads", "2")
        ended, lost, unanswered, done = [None], [], [], [0]

        def note(sent, what):
            unanswered.append((sent, what))

        def over_http1(isKept):
            connection = None
            while ended[0] is None or time.monotonic() < ended[0] + 1:
                sent = math.inf
                try:
                    if connection is None:
                        connection = own.connect()
                        reader = Reader(connection)
                    connection.sendall(INFER)
                    sent = time.monotonic()
                    answer = reader.answer()
                    assert answer.status == 200, answer
                    done[0] += 1
                    if not isKept or answer.fields.get("connection") == "close":
                        connection.close()
                        connection = None
                except (Closed, OSError) as error:
                    if reader.rest:
                        lost.append("half an answer")
                    note(sent, f"HTTP/1.1, {'kept' if isKept else 'new'} connection: {error!r}")
                    return
                except AssertionError as error:
                    lost.append(f"HTTP/1.1: {error}")

        def over_http2(interface):
            grpc = interface == "grpc"
            fields = head(
                "POST", "/inference.GRPCInferenceService/ModelInfer" if grpc else "/v2/models/linear/infer",
                ("content-type", "application/grpc"),
            )
            body = message(infer_request().SerializeToString()) if grpc else GOOD
            with Session(own, interface) as session:
                while session.goaway is None and not session.isClosed:
                    stream = session.request(fields, body)
                    sent = time.monotonic()
                    if session.outcome(stream) == 200 and (not grpc or stream in session.trailers):
                        done[0] += 1
                    elif not session.is_untouched(stream):
                        note(sent, f"HTTP/2 on {interface}: {session.outcome(stream)}")
                if session.goaway is None:
                    lost.append(f"HTTP/2 on {interface}: closed without GOAWAY")
        threads = [threading.Thread(target=over_http1, args=(index % 2 == 0,)) for index in range(8)]
        threads += [threading.Thread(target=over_http2, args=(interface,)) for interface in ["http", "grpc"] * 2]
        for thread in threads:
            thread.start()
        while done[0] < 500:
            select.select([], [], [], 0.01)
        now = time.monotonic()
        own.process.send_signal(signal.SIGTERM)
        ended[0] = now
        for thread in threads:
            thread.join()
        # Behind the signal a connection may be closed or refused, without an answer or a part of one.
        lost += [what for sent, what in unanswered if sent < now]
        code = end(own)
        assert code == 0, f"exit code {code}"
        assert not lost, f"{len(lost)} of {done[0]} requests are lost, such as {lost[0]}"


@attack("F1 SIGTERM to a server that is behind: what has reached its machine is answered")
def behind(server):
    for name, isKept in [("a connection that was there before", True), ("a new connection", False)] * 5:
        own = Server(server.executable)
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(own.connect()) for _ in range(20)] if isKept else []
            for connection in connections:
                send(connection, INFER)
                expect(Reader(connection).answer(), 200, None)
            own.process.send_signal(signal.SIGSTOP)
            connections = connections or [stack.enter_context(own.connect()) for _ in range(20)]
            for connection in connections:
                send(connection, INFER)
            own.process.send_signal(signal.SIGTERM)
            own.process.send_signal(signal.SIGCONT)
            lost = 0
            for connection in connections:
                try:
                    expect(Reader(connection).answer(), 200, None)
                except Closed:
                    lost += 1
            code = end(own)
            assert code == 0, f"exit code {code}"
            assert not lost, f"{lost} of 20 requests on {name} are lost"


@attack("F1 SIGTERM: what is computed, waits, or arrives is answered; idle connections do not keep the server")
def drain(server):
    own = Server(server.executable, "--threads", "1", "--queue", "64")
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(own.connect()) for _ in range(20)]
        idle = [stack.enter_context(own.connect(interface)) for interface in ["http", "grpc", "metrics"] * 5]
        quiet = stack.enter_context(Session(own, "grpc"))
        for connection in connections[:10]:
            send(connection, request("POST", "/v2/models/slow/infer", slow_request(10_000)))
        uploading = connections[10:]
        for connection in uploading:
            send(connection, INFER[:-10])
        # An answer to what was sent last: the server has read all of it.
        for connection in idle[:1]:
            send(connection, request("GET", "/v2/health/ready"))
            expect(Reader(connection).answer(), 200, None)
        started = time.monotonic()
        own.process.send_signal(signal.SIGTERM)
        for connection in idle:
            assert Reader(connection).is_closed(), "an idle connection is still open"
        quiet.until(lambda: quiet.goaway is not None)
        for connection in uploading:
            send(connection, INFER[-10:])
        for name, group in [("upload", uploading), ("computation", connections[:10])]:
            for connection in group:
                try:
                    expect(Reader(connection).answer(), 200, None, name)
                except Closed:
                    raise AssertionError(f"a request is lost: {name}") from None
        code = end(own)
        assert code == 0, f"exit code {code}"
        assert time.monotonic() - started < 5, "the server ends late"


@attack("F1 SIGTERM with clients that never finish: the drain timeout ends them")
def stubborn(server):
    own = Server(server.executable, "--drain-timeout", "1")
    with own.connect() as upload, own.connect() as silent, Session(own, "grpc") as session:
        send(upload, INFER[:-10])
        send(silent, b"GET /v2 HT")
        session.request(
            head("POST", "/inference.GRPCInferenceService/ModelStreamInfer", ("content-type", "application/grpc")),
            end=False,
        )
        session.until(lambda: session.statuses)
        started = time.monotonic()
        own.process.send_signal(signal.SIGTERM)
        code = end(own)
        took = time.monotonic() - started
        assert code == 0 and took < 3, f"exit code {code} after {took:.1f} s"


@attack("F3 64 files and more clients than that")
def few_files(server):
    own = Server(server.executable, "--idle-timeout", "2", files=64)
    with own.connect() as held:
        reader = Reader(held)
        with contextlib.ExitStack() as stack:
            for _ in range(200):
                stack.enter_context(own.connect())
            for _ in range(20):
                send(held, INFER)
                expect(reader.answer(), 200, None, "a connection that was there before")
        until = time.monotonic() + 4
        while time.monotonic() < until:
            try:
                expect(infer(own, "linear", GOOD), 200, None)
                break
            except (AssertionError, OSError):
                continue
        own.check()
        busy = float(open(f"/proc/{own.process.pid}/stat").read().split()[13])
        assert busy < 300, f"the server took {busy / 100} s of the processor while it waited for files"
    own.kill()


@attack("F7 ten times more than can be computed: the rest is told at once to come back, and health answers")
def overload(server):
    body = slow_request(5_000)
    started = time.monotonic()
    expect(infer(server, "slow", body), 200, None)
    once = time.monotonic() - started
    statuses, late, lock = [], [], threading.Lock()

    def insist():
        with server.connect() as connection:
            reader = Reader(connection)
            for _ in range(4):
                sent = time.monotonic()
                send(connection, request("POST", "/v2/models/slow/infer", body))
                answer = reader.answer()
                took = time.monotonic() - sent
                with lock:
                    statuses.append(answer.status)
                    if answer.status == 503 and (took > 1 or not answer.fields.get("retry-after")):
                        late.append(f"{took:.2f} s, {answer.fields}")
                    if answer.status == 200 and took > 20 * once + 1:
                        late.append(f"an answer after {took:.2f} s, where one takes {once:.2f}")
    threads = [threading.Thread(target=insist) for _ in range(90)]
    for thread in threads:
        thread.start()
    slowest = 0
    while any(thread.is_alive() for thread in threads):
        sent = time.monotonic()
        expect(ask(server, "GET", "/v2/health/live"), 200, None)
        expect(ask(server, "GET", "/v2/health/ready"), 200, None)
        slowest = max(slowest, time.monotonic() - sent)
    for thread in threads:
        thread.join()
    assert set(statuses) == {200, 503}, f"expected 200 and 503, got {set(statuses)}"
    assert not late, f"{len(late)} answers are late or without `retry-after`: {late[0]}"
    assert slowest < 1, f"health took {slowest:.2f} s"


@attack("F7 the same over gRPC")
def overload_grpc(server):
    payload = message(slow(5_000).SerializeToString())
    fields = head(
        "POST", "/inference.GRPCInferenceService/ModelInfer", ("content-type", "application/grpc"), ("te", "trailers"),
    )
    # Its own server: after an overload the queue is short for a while.
    own = Server(server.executable, *OPTIONS)
    with Session(own, "grpc") as session:
        streams = [session.request(fields, payload) for _ in range(90)]
        assert call(own, message(b""), method="ServerLive")[0] == 0, "ServerLive"
        got = []
        for stream in streams:
            session.outcome(stream)
            got.append({**session.statuses.get(stream, {}), **session.trailers.get(stream, {})}.get("grpc-status"))
    assert set(got) == {"0", "14"}, f"expected OK and UNAVAILABLE, got {set(got)}"
    assert got.count("0") >= 9, f"expected 9 answers, got {got.count('0')}"
    own.kill()
