"""HTTP/2 frame by frame."""
import struct

from hpack import Decoder, Encoder

from attacks_wire import Closed, Reader, send

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
ALTSVC, ORIGIN = 10, 12
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags=0, stream=0, payload=b"", length=None):
    length = len(payload) if length is None else length
    return struct.pack(">I", length)[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def literal(name, value):
    """A field that neither end remembers, of any bytes."""
    return b"\x00" + prefixed(len(name)) + name + prefixed(len(value)) + value


def prefixed(number):
    """A number with a prefix of 7 bits."""
    if number < 127:
        return bytes([number])
    number -= 127
    encoded = b"\x7f"
    while number >= 128:
        encoded += bytes([number % 128 + 128])
        number //= 128
    return encoded + bytes([number])


def head(method="GET", path="/v2", *fields):
    """The fields of a request."""
    return [(":method", method), (":scheme", "http"), (":path", path), (":authority", "localhost"), *fields]


def plain(fields):
    """Fields as bytes that change no table."""
    return b"".join(literal(name.encode(), value.encode()) for name, value in fields)


class Session:
    """A client's end of a connection."""

    def __init__(self, server, interface="http", **options):
        self.connection = server.connect(interface, **options)
        self.reader, self.encoder, self.decoder = Reader(self.connection), Encoder(), Decoder()
        self.decoder.max_header_list_size = 1 << 20
        self.statuses, self.trailers, self.bodies, self.resets, self.ended = {}, {}, {}, {}, set()
        self.goaway, self.last, self.isClosed, self.next = None, 0, False, -1
        # Answers of as much as 16 MiB need no more room.
        self.send(PREFACE + frame(SETTINGS, 0, 0, b"\0\4\1\0\0\0") + frame(WINDOW_UPDATE, 0, 0, b"\1\0\0\0"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def send(self, data):
        send(self.connection, data)

    def new(self):
        self.next += 2
        return self.next

    def request(self, fields, body=b"", end=True):
        """Sends a request whose body fits in the windows; its stream."""
        stream = self.new()
        block = fields if isinstance(fields, bytes) else self.encoder.encode(fields)
        data = frame(HEADERS, END_HEADERS | (END_STREAM if end and not body else 0), stream, block)
        parts = [body[start:start + 16384] for start in range(0, len(body), 16384)]
        for index, part in enumerate(parts):
            data += frame(DATA, END_STREAM if end and index + 1 == len(parts) else 0, stream, part)
        self.send(data)
        return stream

    def read(self):
        """Takes the next frame in; its kind."""
        while len(self.reader.rest) < 9:
            self.reader.more()
        length = int.from_bytes(self.reader.rest[:3], "big")
        while len(self.reader.rest) < 9 + length:
            self.reader.more()
        kind, flags, stream = struct.unpack(">BBI", self.reader.rest[3:9])
        payload = self.reader.rest[9:9 + length]
        self.reader.rest = self.reader.rest[9 + length:]
        if kind == HEADERS:
            fields = dict(self.decoder.decode(payload))
            (self.trailers if stream in self.statuses else self.statuses)[stream] = fields
        elif kind == DATA:
            self.bodies[stream] = self.bodies.get(stream, b"") + payload
        elif kind == RST_STREAM:
            self.resets[stream] = int.from_bytes(payload, "big")
        elif kind == GOAWAY:
            self.last, self.goaway = struct.unpack(">II", payload[:8])
        elif kind == SETTINGS and not flags & ACK:
            self.send(frame(SETTINGS, ACK))
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            self.ended.add(stream)
        return kind

    def until(self, condition):
        """Reads until a condition holds, or the server closes the connection."""
        try:
            while not condition():
                self.read()
        except Closed:
            self.isClosed = True

    def outcome(self, stream):
        """How a request ended: its status, `reset`, `goaway` or `closed`."""
        self.until(lambda: stream in self.ended or stream in self.resets or self.goaway or self.is_untouched(stream))
        if stream in self.statuses and ":status" in self.statuses[stream]:
            return int(self.statuses[stream][":status"])
        return "reset" if stream in self.resets else "closed" if self.goaway is None else "goaway"

    def is_untouched(self, stream):
        """Whether the server has said that it does nothing about a request, so that it can be made elsewhere."""
        return self.goaway is not None and stream > self.last

    def ask(self, fields, body=b""):
        return self.outcome(self.request(fields, body))

    def end(self):
        """Waits until the server closes the connection; whether it does."""
        try:
            self.until(lambda: False)
        except TimeoutError:
            return False
        return self.isClosed
