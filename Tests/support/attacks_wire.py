"""HTTP/1.1 byte by byte: what no client sends, and what the server makes of it."""
import json
import select
import socket
import time


class Answer:
    """A status with its fields and its body."""

    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def json(self):
        return json.loads(self.body)

    def __str__(self):
        return f"{self.status} {self.body[:200]!r}"


class Closed(Exception):
    """The server has closed the connection."""


class Reader:
    """Reads answers from a connection."""

    def __init__(self, connection):
        self.connection, self.rest = connection, b""

    def more(self):
        try:
            part = self.connection.recv(1 << 18)
        except ConnectionError:
            part = b""
        if not part:
            raise Closed("the connection was closed")
        self.rest += part

    def answer(self, method="GET"):
        while b"\r\n\r\n" not in self.rest:
            self.more()
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        fields = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            fields[name.lower()] = value
        status = int(lines[0].split()[1])
        length = 0 if method == "HEAD" or status < 200 else int(fields["content-length"])
        while len(self.rest) < length:
            self.more()
        body, self.rest = self.rest[:length], self.rest[length:]
        return Answer(status, fields, body)

    def is_closed(self):
        """Waits until the server closes the connection."""
        try:
            while True:
                self.more()
        except Closed:
            return True
        except TimeoutError:
            return False


def request(method, target, body=b"", *fields, version="1.1"):
    """The bytes of a request; fields are lines."""
    lines = [f"{method} {target} HTTP/{version}", "Host: localhost", *fields]
    if body and not any(line.lower().startswith(("content-length:", "transfer-encoding:")) for line in fields):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def send(connection, data):
    """Sends what the server takes; it may answer and close before that is all."""
    try:
        connection.sendall(data)
    except (ConnectionError, TimeoutError):
        pass


def raw(server, data, timeout=8, interface="http"):
    """The answer to bytes, or `None` when the connection is closed without one."""
    with server.connect(interface, timeout=timeout) as connection:
        send(connection, data)
        try:
            return Reader(connection).answer()
        except Closed:
            return None


def ask(server, method, target, body=b"", *fields, interface="http"):
    answer = raw(server, request(method, target, body, *fields), interface=interface)
    assert answer is not None, f"{method} {target[:80]}: the connection was closed without an answer"
    return answer


def infer(server, model, body, *fields):
    return ask(server, "POST", f"/v2/models/{model}/infer", body, *fields)


def expect(answer, statuses, words, name=""):
    """Asserts an answer's status, that a failure has a reason, and that the reason holds some words."""
    statuses = [statuses] if isinstance(statuses, int) else statuses
    got = answer.status if answer else None
    assert got in statuses, f"{name}: expected {statuses}, got {answer}"
    if answer is not None and answer.status >= 400:
        error = answer.json().get("error")
        assert isinstance(error, str) and error, f"{name}: expected an error with a reason, got {answer}"
        assert words is None or words in error, f"{name}: expected an error with `{words}`, got `{error[:300]}`"


def trickle(connection, byte, limit):
    """Sends a byte every tenth of a second until something comes back; how long that took in seconds."""
    started = time.monotonic()
    while time.monotonic() - started < limit:
        if select.select([connection], [], [], 0.1)[0]:
            return time.monotonic() - started
        send(connection, byte)
    raise AssertionError(f"nothing happened for {limit} s")


def reset(connection):
    """Closes a connection as a client does that crashed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()
