"""HTTP/1.1: requests that are broken, too large, or not what they say. A5 to A8 and A11 to A14."""
import gzip
import threading
import zlib

from attacks_server import GOOD, attack
from attacks_wire import Closed, Reader, ask, expect, infer, raw, request, send

OPTIONS = ["--idle-timeout", "1", "--receive-timeout", "1", "--max-body", str(4 << 20)]
PATH = "/v2/models/linear/infer"


def refused(server, data, statuses, name, words=None):
    """Bytes that are answered with one of the statuses, behind which the connection is closed."""
    with server.connect() as connection:
        send(connection, data)
        reader = Reader(connection)
        expect(reader.answer(), statuses, words, name)
        assert reader.is_closed(), f"{name}: the connection is still open"


def chunked(*chunks, fields=()):
    return request("POST", PATH, b"".join(chunks), "Transfer-Encoding: chunked", *fields)


@attack("A5 lengths and fields that smuggle requests")
def smuggle(server):
    length = f"Content-Length: {len(GOOD)}"
    whole = b"%x\r\n" % len(GOOD) + GOOD + b"\r\n0\r\n\r\n"
    wrongs = []
    for name, data in {
        "length and chunks": chunked(whole, fields=[length]),
        "chunks and length": request("POST", PATH, whole, length, "Transfer-Encoding: chunked"),
        "two lengths": request("POST", PATH, GOOD, length, "Content-Length: 5"),
        "one length twice": request("POST", PATH, GOOD, length, length),
        "a list of lengths": request("POST", PATH, GOOD, f"Content-Length: {len(GOOD)}, {len(GOOD)}"),
        "negative length": request("POST", PATH, GOOD, "Content-Length: -1"),
        "length with a sign": request("POST", PATH, GOOD, f"Content-Length: +{len(GOOD)}"),
        "length in hexadecimal": request("POST", PATH, GOOD, "Content-Length: 0x10"),
        "length with a blank": request("POST", PATH, GOOD, "Content-Length: 1 0"),
        "empty length": request("POST", PATH, GOOD, "Content-Length: "),
        "length above 2^64": request("POST", PATH, GOOD, "Content-Length: 18446744073709551626"),
        "folded field": request("GET", "/v2", b"", "X-A: 1\r\n 2"),
        "folded coding": request("POST", PATH, whole, "Transfer-Encoding:\r\n chunked"),
        "blank before the colon": request("POST", PATH, whole, "Transfer-Encoding : chunked"),
        "coding twice": request("POST", PATH, whole, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        "unknown coding": request("POST", PATH, whole, "Transfer-Encoding: xchunked"),
        "coding behind chunked": request("POST", PATH, whole, "Transfer-Encoding: chunked, identity"),
        "coding that another form has": request("POST", PATH, whole, "Transfer-Encoding: gzip, chunked"),
        "field without a name": request("GET", "/v2", b"", ": 1"),
        "field without a colon": request("GET", "/v2", b"", "X-A"),
        "NUL in a field": request("GET", "/v2", b"", "X-A: 1\0"),
        "NUL in the name of a field": request("GET", "/v2", b"", "X\0A: 1"),
        "CR in a field": request("GET", "/v2", b"", "X-A: 1\rX-B: 2"),
        "CR alone": request("GET", "/v2").replace(b"\r\n", b"\r"),
        "NUL in the target": request("GET", "/v2\0"),
        "no host": b"GET /v2 HTTP/1.1\r\n\r\n",
        "two hosts": request("GET", "/v2", b"", "Host: other"),
        "chunk of 2^64": chunked(b"10000000000000000\r\n"),
        "chunk of 2^64 - 1": chunked(b"ffffffffffffffff\r\n" + GOOD),
        "negative chunk": chunked(b"-1\r\n" + GOOD),
        "chunk with a sign": chunked(b"+5\r\nhello\r\n0\r\n\r\n"),
        "chunk without digits": chunked(b"\r\nhello\r\n0\r\n\r\n"),
        "chunk in hexadecimal": chunked(b"0x5\r\nhello\r\n0\r\n\r\n"),
        "chunk longer than it says": chunked(b"2\r\nhello\r\n0\r\n\r\n"),
        "LF behind a chunk": chunked(b"5\r\nhello\n0\r\n\r\n"),
    }.items():
        try:
            refused(server, data, [400, 408, 413, 501], name)
        except (AssertionError, Closed, TimeoutError) as error:
            wrongs.append(f"{name}: {error or type(error).__name__}".replace(f"{name}: {name}", name))
    assert not wrongs, "\n     ".join(wrongs)


@attack("A5 a line that ends with LF alone, and a target with CR and LF, bring no second request")
def inject(server):
    for data in [
        request("GET", "/v2").replace(b"\r\n", b"\n"),
        request("GET", "/v2/models/linear%0d%0aX-A:%201/ready"),
        request("GET", "/v2 HTTP/1.1\r\nX-A: 1\r\n\r\nGET /v2/models/nope"),
    ]:
        answer = raw(server, data)
        assert answer is None or answer.status in [200, 400, 404, 505], f"{data}: {answer}"
        assert answer is None or "x-a" not in answer.fields, f"{data}: the answer has a field of the request"


@attack("A5 extensions of chunks and trailers are bounded")
def extensions(server):
    expect(
        raw(server, chunked(b"%x;a=b\r\n" % len(GOOD) + GOOD + b"\r\n0\r\nX-A: 1\r\n\r\n")), 200, None, "one of each",
    )
    for name, body in {
        "extension": b"1;" + b"a" * (8 << 20),
        "extensions": b"1;a=b\r\n \r\n" * (1 << 20),
        "trailer": b"0\r\nX-A: " + b"a" * (8 << 20),
        "trailers": b"0\r\n" + b"X-A: 1\r\n" * (1 << 20),
    }.items():
        answer = raw(server, chunked(body))
        if answer:
            expect(answer, [400, 408, 413, 431], None, name)


@attack("A6 70,000 chunks of a byte")
def tiny_chunks(server):
    body = GOOD + b" " * (70_000 - len(GOOD))
    expect(raw(server, chunked(b"".join(b"1\r\n%c\r\n" % byte for byte in body), b"0\r\n\r\n")), 200, None)
    expect(raw(server, chunked(b"1\r\n \r\n" * (5 << 20))), [408, 413], None)


@attack("A7 heads that are too long")
def long_heads(server):
    for name, data in {
        "64 KiB field": request("GET", "/v2", b"", "X-A: " + "a" * (64 << 10)),
        "name of a field": request("GET", "/v2", b"", "a" * (65 << 10) + ": 1"),
        "10,000 fields": request("GET", "/v2", b"", *[f"X-{index}: 1" for index in range(10_000)]),
        "many fields without end": b"GET /v2 HTTP/1.1\r\n" + b"X-A: 1\r\n" * (1 << 20),
        "target of 1 MiB": request("GET", "/v2/models/" + "a" * (1 << 20)),
        "method of 1 MiB": request("A" * (1 << 20), "/v2"),
    }.items():
        answer = raw(server, data)
        expect(answer, [400, 414, 431, 501], None, name)
    expect(ask(server, "GET", "/v2", b"", "X-A: " + "a" * (32 << 10)), 200, None, "32 KiB")


@attack("A8 10,000 requests in one go")
def pipeline(server):
    count = 10_000
    bodies = [GOOD.replace(b"good", b"%d" % index) for index in range(0, count, 2)]
    data = b"".join(request("POST", PATH, body) + request("GET", "/v2/health/ready") for body in bodies)
    with server.connect() as connection:
        sender = threading.Thread(target=send, args=(connection, data))
        sender.start()
        reader = Reader(connection)
        for index in range(0, count, 2):
            answer = reader.answer()
            assert answer.status == 200 and answer.json()["id"] == str(index), f"request {index}: {answer}"
            assert reader.answer().status == 200, f"request {index + 1}"
        sender.join()


def squeeze(data, window):
    compressor = zlib.compressobj(9, zlib.DEFLATED, window)
    return compressor.compress(data) + compressor.flush()


@attack("A11 compressed bodies that are bombs, damaged, or followed by more")
def compressed(server):
    for encoding, window in [("gzip", 31), ("deflate", 15)]:
        field = f"Content-Encoding: {encoding}"
        good = squeeze(GOOD, window)
        expect(infer(server, "linear", good, field), 200, None, encoding)
        bomb = squeeze(b" " * (64 << 20), window)
        expect(infer(server, "linear", bomb, field), 413, None, f"{encoding} bomb of {len(bomb)} bytes")
        expect(infer(server, "linear", squeeze(bomb, window), field), 400, None, f"{encoding} bomb in a bomb")
        for cut in [1, 5, len(good) // 2, len(good) - 1]:
            expect(infer(server, "linear", good[:cut], field), 400, None, f"{encoding} cut at {cut}")
        expect(infer(server, "linear", good + b"x", field), 400, None, f"{encoding} with a byte behind")
        damaged = good[:20] + bytes([good[20] ^ 0xFF]) + good[21:]
        expect(infer(server, "linear", damaged, field), 400, None, f"{encoding} damaged")
        expect(infer(server, "linear", GOOD, field), 400, None, f"{encoding} that is none")
        expect(infer(server, "linear", good, f"{field}, {encoding}"), 415, None, f"{encoding} twice")
    for encoding in ["br", "zstd", "compress", "x", "gzip, br", "\x7f"]:
        expect(infer(server, "linear", GOOD, f"Content-Encoding: {encoding}"), [400, 415], None, encoding)
    header = f"Inference-Header-Content-Length: {len(GOOD)}"
    expect(infer(server, "linear", gzip.compress(GOOD), "Content-Encoding: gzip", header), 200, None, "with a length")
    expect(infer(server, "linear", GOOD, "Content-Encoding: identity"), 200, None, "identity")


@attack("A12 methods, targets and versions")
def methods(server):
    for method in ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO", "get", "PRI", "LOCK", "M-SEARCH"]:
        answer = raw(server, request(method, "/v2"))
        assert answer is None or answer.status in [400, 405, 501, 505], f"{method}: {answer}"
    head = b"HEAD /v2 HTTP/1.1\r\nHost: a\r\n\r\n"
    with server.connect() as connection:
        send(connection, head)
        assert Reader(connection).answer("HEAD").status == 200
    expect(ask(server, "GET", f"http://{server.http}/v2"), 200, None, "the absolute form of a target")
    for target in [
        "*", "", "v2", "//v2", "/v2/../v2", "/%", "/%zz", "/v2%00", "/%ff", "/v2/", "/" * 10_000, "/v2/models//ready",
    ]:
        answer = raw(server, request("GET", target))
        assert answer is None or answer.status in [400, 404], f"{target[:20]}: {answer}"
    expect(raw(server, b"GET /v2 HTTP/1.0\r\n\r\n"), 200, None, "HTTP/1.0")
    for version in ["0.9", "1.2", "2.0", "3.0", "9.9", "1.1.1", "", "99999999999.1"]:
        answer = raw(server, request("GET", "/v2", version=version))
        assert answer is None or answer.status in [400, 505] or version == "1.2", f"{version}: {answer}"
    for data in [
        b"\0" * 100, b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"a" * 500, b"\r\n" * 1000,
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
    ]:
        answer = raw(server, data)
        assert answer is None or answer.status in [400, 408, 505], f"{data[:20]}: {answer}"
    expect(raw(server, b"\r\n" + request("GET", "/v2")), 200, None, "an empty line before a request")


@attack("A13 expectations")
def expectations(server):
    with server.connect() as connection:
        reader = Reader(connection)
        send(connection, request("POST", PATH, b"", f"Content-Length: {len(GOOD)}", "Expect: 100-continue"))
        assert reader.answer().status == 100
        send(connection, GOOD)
        expect(reader.answer(), 200, None)
        send(connection, request("POST", PATH, b"", f"Content-Length: {1 << 40}", "Expect: 100-continue"))
        expect(reader.answer(), 413, None, "more than is allowed")
    answer = raw(server, request("POST", PATH, GOOD, "Expect: 100-continue", version="1.0"))
    expect(answer, 200, None, "HTTP/1.0, whose clients do not know 100")
    expect(raw(server, request("POST", PATH, GOOD, "Expect: more")), [200, 417], None, "another expectation")


@attack("A14 a connection goes on after errors")
def after_errors(server):
    with server.connect() as connection:
        reader = Reader(connection)
        for statuses, data in [
            (404, request("GET", "/nope")),
            (404, request("POST", "/v2/models/nope/infer", GOOD)),
            (400, request("POST", PATH, b"{")),
            (400, request("POST", PATH, GOOD[:-1])),
            (400, request("POST", PATH, b"\0" * 100_000)),
            (405, request("DELETE", "/v2", b"abc")),
            (405, request("GET", PATH, b"", "Content-Length: 3") + b"abc"),
            (415, request("POST", PATH, GOOD, "Content-Encoding: br")),
            (400, request("GET", "/%")),
        ] * 20:
            send(connection, data)
            expect(reader.answer(), statuses, None, data[:60])
            send(connection, request("POST", PATH, GOOD))
            expect(reader.answer(), 200, None, f"after {data[:60]}")
