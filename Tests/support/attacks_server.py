"""A server under attack, and what it must still do afterwards."""
import atexit
import json
import os
import resource
import shutil
import socket
import subprocess
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper

from attacks_wire import ask

MODELS = "Tests/ServingCoreTests/Fixtures/models"
INPUT = b'{"name":"X","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}'
GOOD = b'{"id":"good","inputs":[%b],"outputs":[{"name":"Y"}]}' % INPUT
GOOD_Y = [[1, 2, 3, 4] @ np.arange(12).reshape(4, 3) / 10 + [1, 2, 3]]
BOUND = 256 << 20


def attack(title):
    """Names a function that attacks a server and asserts what it answers."""
    def named(function):
        function.title = title
        return function
    return named


def slow_model(path):
    """`out` is `in`, as far as so many trips of a loop with a product leave it: INT64 `trips` and FP32 [n, n] `in`."""
    info = helper.make_tensor_value_info
    body = helper.make_graph(
        [helper.make_node("MatMul", ["value", "value"], ["next"]), helper.make_node("Identity", ["go"], ["on"])],
        "body",
        [info("trip", TensorProto.INT64, []), info("go", TensorProto.BOOL, []), info("value", TensorProto.FLOAT, None)],
        [info("on", TensorProto.BOOL, []), info("next", TensorProto.FLOAT, None)],
    )
    graph = helper.make_graph(
        [
            helper.make_node("Squeeze", ["trips"], ["count"]),
            helper.make_node("Loop", ["count", "", "in"], ["out"], body=body),
        ],
        "slow",
        [info("trips", TensorProto.INT64, [1]), info("in", TensorProto.FLOAT, ["N", "N"])],
        [info("out", TensorProto.FLOAT, ["N", "N"])],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def slow_request(trips):
    """A request for the slow model, of some microseconds for each trip."""
    zeros = [0] * 64
    inputs = [
        {"name": "trips", "shape": [1], "datatype": "INT64", "data": [trips]},
        {"name": "in", "shape": [8, 8], "datatype": "FP32", "data": zeros},
    ]
    return json.dumps({"inputs": inputs}).encode()


def folder():
    """A folder that is removed at the end."""
    path = tempfile.mkdtemp(prefix="attacks")
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


class Server:
    """A process that serves the models of the tests, `slow`, and those of more paths."""

    def __init__(self, executable, *options, files=None):
        slow = os.path.join(folder(), "slow.onnx")
        slow_model(slow)
        limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))) if files else None
        command = [executable, MODELS, slow, "--host", "127.0.0.1", "--http-port", "auto", "--json", *options]
        self.executable = executable
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, preexec_fn=limit)
        atexit.register(self.kill)
        line = self.process.stderr.readline()
        assert line.startswith(b"{"), f"the server does not start: {line + self.process.stderr.read()}"
        ready = json.loads(line)
        self.http, self.grpc, self.metrics = (
            ready[key][0].removeprefix("http://") for key in ["http", "grpc", "metrics"]
        )

    @staticmethod
    def address(text):
        host, port = text.rsplit(":", 1)
        return host, int(port)

    def connect(self, interface="http", timeout=8, receive_buffer=None):
        connection = socket.socket()
        connection.settimeout(timeout)
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.connect(self.address(getattr(self, interface)))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def is_alive(self):
        return self.process.poll() is None

    def forget_peak(self):
        if self.is_alive():
            with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
                file.write("5")

    def memory(self, field="VmRSS"):
        """The resident memory in bytes."""
        if not self.is_alive():
            return 0
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith(field))

    def peak(self):
        """The most resident memory in bytes since it was forgotten."""
        return self.memory("VmHWM")

    def check(self, bound=BOUND):
        """A good request is answered, by the process that was there, whose memory is bounded."""
        assert self.is_alive(), f"the server has ended with {self.process.returncode}: {self.last_words()}"
        assert self.peak() <= bound, f"memory, expected at most {bound >> 20} MiB, got {self.peak() >> 20}"
        answer = ask(self, "POST", "/v2/models/linear/infer", GOOD)
        assert answer.status == 200, f"a good request, expected 200, got {answer}"
        outputs = answer.json()["outputs"]
        assert np.allclose(outputs[0]["data"], GOOD_Y), f"a good request, got {outputs}"

    def last_words(self):
        return self.process.stderr.read().decode(errors="replace")[-300:]

    def kill(self):
        if self.is_alive():
            self.process.kill()
            self.process.wait()
