"""A server over TLS, and clients of it."""
import atexit
import json
import signal
import socket
import ssl
import subprocess
import threading
import time

MODEL = "Tests/ServingCoreTests/Fixtures/models/linear.onnx"


class Server:
    """A process with the certificate `server` of a folder."""

    def __init__(self, executable, folder, *options, model=MODEL):
        self.folder = folder
        command = [
            executable, model, "--host", "127.0.0.1", "--http-port", "auto", "--json", "--model-control", "explicit",
            "--tls-certificate", f"{folder}/server.crt", "--tls-key", f"{folder}/server.key", *options,
        ]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)
        line = self.process.stderr.readline()
        assert line.startswith("{"), f"the server does not start: {line}"
        ready = json.loads(line)
        self.http, self.grpc, self.metrics = (ready[key][0] for key in ["http", "grpc", "metrics"])
        assert self.http.startswith("https://") and self.metrics.startswith("http"), ready
        self.lines = []
        threading.Thread(target=lambda: self.lines.extend(iter(self.process.stderr.readline, "")), daemon=True).start()

    def address(self, interface="http"):
        host, port = getattr(self, interface).rpartition("//")[2].rsplit(":", 1)
        return host, int(port)

    def connect(self, interface="http", timeout=10):
        return socket.create_connection(self.address(interface), timeout)

    def context(self, client=None, protocols=("http/1.1",)):
        context = ssl.create_default_context(cafile=f"{self.folder}/ca.crt")
        context.set_alpn_protocols(list(protocols))
        if client:
            context.load_cert_chain(f"{self.folder}/{client}.crt", f"{self.folder}/{client}.key")
        return context

    def ask(self, path="/v2/health/ready", *fields, context=None, method="GET"):
        """The status of an answer."""
        with (context or self.context()).wrap_socket(self.connect(), server_hostname="localhost") as connection:
            head = [f"{method} {path} HTTP/1.1", "host: x", "connection: close", *fields, "", ""]
            connection.sendall("\r\n".join(head).encode())
            answer = b""
            while part := connection.recv(1 << 16):
                answer += part
        assert answer.startswith(b"HTTP/1.1 "), answer
        return int(answer.split()[1])

    def reload(self, words):
        """Sends SIGHUP, and waits until the server has said some words."""
        del self.lines[:]
        self.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while not any(words in line for line in self.lines):
            assert time.monotonic() < deadline and self.process.poll() is None, (words, self.lines)
            time.sleep(0.02)

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmRSS"))

    def end(self):
        """Ends by SIGTERM, within seconds and with 0."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        took = time.monotonic() - started
        assert status == 0 and took < 8, (status, took)
