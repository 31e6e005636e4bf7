"""Attacks on the server's end of TLS; after each a good request is answered by the same process, within memory.

    tls_attacks.py SERVER FOLDER    as tls_check.py
"""
import os
import socket
import ssl
import subprocess
import sys
import time

from tls_server import Server

EXECUTABLE, FOLDER = sys.argv[1:]
BOUND = 256 << 20
# The deadline of the server for silence, in seconds.
IDLE = 2


def read_all(connection):
    data = b""
    try:
        while part := connection.recv(1 << 16):
            data += part
    except ConnectionError:
        pass
    return data


def closed_within(connection, seconds):
    started = time.monotonic()
    connection.settimeout(seconds)
    read_all(connection)
    return time.monotonic() - started


def hello(server):
    """The first bytes of a handshake, as OpenSSL writes them."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = server.context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def send(server, data, interface="http"):
    """What comes back for some bytes, until the server closes."""
    with server.connect(interface) as connection:
        try:
            connection.sendall(data)
        except ConnectionError:
            pass
        return read_all(connection)


def plain_http(server):
    """HTTP where TLS is spoken is answered by an alert at most."""
    for interface in ["http", "grpc"]:
        for data in [b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]:
            answer = send(server, data, interface)
            assert len(answer) < 32 and b"HTTP" not in answer, answer


def garbage(server):
    for size in [1, 5, 100, 16 << 10, 1 << 20]:
        for _ in range(20):
            data = os.urandom(size)
            with server.connect() as connection:
                try:
                    connection.sendall(data)
                    connection.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
                assert len(read_all(connection)) < 32


def broken_hello(server):
    """A handshake with a byte turned over, and one cut off, at many places."""
    good = hello(server)
    for index in range(0, len(good), 3):
        broken = bytearray(good)
        broken[index] ^= 0xFF
        with server.connect() as connection:
            connection.sendall(broken[:index] if index % 2 else broken)
            connection.shutdown(socket.SHUT_WR)
            read_all(connection)


def huge_records(server):
    """Records that say to be larger than any may be, and a handshake message of 16 MiB."""
    assert len(send(server, b"\x16\x03\x01\xff\xff" + bytes(1 << 16))) < 32
    message = b"\x01\xff\xff\xff"
    records = b"".join(b"\x16\x03\x01\x40\x00" + (message if n == 0 else b"") + bytes(0x4000 - (4 if n == 0 else 0))
                       for n in range(64))
    assert len(send(server, records)) < 32


def silence(server):
    """Nothing at all, half of a handshake, and a handshake with nothing behind it."""
    for data in [b"", hello(server)[:40], hello(server)]:
        with server.connect() as connection:
            connection.sendall(data)
            took = closed_within(connection, IDLE * 4)
            assert took < IDLE + 2, took


def slow_hello(server):
    """A handshake that comes byte by byte is no sign of life."""
    with server.connect() as connection:
        started = time.monotonic()
        try:
            for byte in hello(server):
                connection.sendall(bytes([byte]))
                time.sleep(0.1)
                assert time.monotonic() - started < IDLE + 2
        except ConnectionError:
            pass
        assert time.monotonic() - started > 0.5


def silent_after_handshake(server):
    for protocols in [["http/1.1"], ["h2"]]:
        context = server.context(protocols=protocols)
        with context.wrap_socket(server.connect(), server_hostname="localhost") as connection:
            took = closed_within(connection, IDLE * 4)
            assert took < IDLE + 2, took


def many_handshakes(server):
    """Connections that are left in the middle of their handshakes."""
    data = hello(server)
    held = [server.connect() for _ in range(300)]
    for connection in held:
        connection.sendall(data)
    for connection in held:
        connection.close()


def renegotiation(server):
    """A client of TLS 1.2 that wants another handshake is let go."""
    host, port = server.address()
    words = ["openssl", "s_client", "-connect", f"{host}:{port}", "-tls1_2"]
    result = subprocess.run(words, input="R\n", capture_output=True, text=True, timeout=20)
    assert "RENEGOTIATING" in result.stdout + result.stderr, result
    assert "no renegotiation" in result.stderr or result.returncode != 0, result


def cut_connection(server):
    """A client that goes without a word, while its answer is on its way."""
    for _ in range(50):
        connection = server.context().wrap_socket(server.connect(), server_hostname="localhost")
        connection.sendall(b"GET /v2 HTTP/1.1\r\nhost: x\r\n\r\n" * 50)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()


def noise_behind_handshake(server):
    """Bytes that are no record, on a connection that is secure."""
    plain = server.connect()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = server.context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    while True:
        try:
            client.do_handshake()
            break
        except ssl.SSLWantReadError:
            plain.sendall(outgoing.read())
            incoming.write(plain.recv(1 << 16))
    plain.sendall(outgoing.read() + os.urandom(4000))
    read_all(plain)
    plain.close()


def drain(server):
    """The end comes in time, whoever holds a connection."""
    held = [server.connect() for _ in range(5)]
    held[0].sendall(hello(server))
    secure = [server.context(protocols=[name]).wrap_socket(server.connect(), server_hostname="localhost")
              for name in ["http/1.1", "h2"]]
    server.end()
    return held, secure


ATTACKS = [
    plain_http, garbage, broken_hello, huge_records, silence, slow_hello, silent_after_handshake, many_handshakes,
    renegotiation, cut_connection, noise_behind_handshake,
]
server = Server(EXECUTABLE, FOLDER, "--idle-timeout", str(IDLE))
for attack in ATTACKS:
    started = time.monotonic()
    attack(server)
    assert server.process.poll() is None, f"{attack.__name__}: the server has ended"
    assert server.ask() == 200 and server.ask("/v2") == 200, attack.__name__
    assert server.memory() < BOUND, (attack.__name__, server.memory())
    print(f"ok   {attack.__name__} ({time.monotonic() - started:.2f} s, {server.memory() >> 20} MiB)")
drain(server)
print(f"ok   drain\n{len(ATTACKS) + 1} attacks over TLS")
