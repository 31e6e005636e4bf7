"""The servers under test: how each is set up for the same models, started, asked and ended."""

import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

TRITON_MODEL = """import os
import onnxruntime
import triton_python_backend_utils as utils


class TritonPythonModel:
    def initialize(self, arguments):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        path = os.path.join(arguments["model_repository"], arguments["model_version"], "model.onnx")
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def execute(self, requests):
        answers = []
        for request in requests:
            x = utils.get_input_tensor_by_name(request, "x").as_numpy()
            y = self.session.run(None, {"x": x})[0]
            answers.append(utils.InferenceResponse([utils.Tensor("y", y)]))
        return answers
"""

TRITON_CONFIGURATION = """backend: "python"
max_batch_size: 64
input [{ name: "x" data_type: TYPE_FP32 dims: [16] }]
output [{ name: "y" data_type: TYPE_FP32 dims: [4] }]
instance_group [{ kind: KIND_CPU count: %d }]
"""

MLSERVER_MODEL = """import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse


class OnnxModel(MLModel):
    async def load(self):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        path = self.settings.parameters.uri
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return True

    async def predict(self, payload):
        x = NumpyCodec.decode_input(payload.inputs[0])
        y = self.session.run(None, {"x": x})[0]
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("y", y)])
"""


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Server:
    """A process that serves the models of a folder, and what it is asked over HTTP."""

    name: str
    ready_timeout = 60

    def __init__(self, work):
        self.folder = work / self.name
        self.folder.mkdir()
        self.process = None
        self.environment = dict(os.environ)

    def start(self):
        """Starts the process; the seconds until it says that it is ready."""
        self.http_port, self.grpc_port = free_port(), free_port()
        with (self.folder / "log").open("ab") as log:
            started = time.perf_counter()
            self.process = subprocess.Popen(
                [str(word) for word in self.command()],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while time.perf_counter() - started < self.ready_timeout:
            try:
                if self.ask("GET", "/v2/health/ready")[0] == 200:
                    return time.perf_counter() - started
            except OSError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.001)
        sys.exit(f"error: {self.name} does not get ready:\n{(self.folder / 'log').read_text()[-2000:]}")

    def ask(self, method, path, body=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=timeout)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def infer(self, model):
        return self.ask("POST", f"/v2/models/{model}/infer", inference_body())

    def repository(self, verb, model):
        return self.ask("POST", f"/v2/repository/models/{model}/{verb}", b"{}")[0]

    def touch(self, model):
        """Makes the model look changed: a server may skip the load of one that is not."""
        for path in [*(self.folder / "models" / model).rglob("*")]:
            os.utime(path)

    def processes(self):
        """The process and its descendants."""
        found, children = [], [self.process.pid]
        while children:
            found.append(children.pop())
            for task in pathlib.Path(f"/proc/{found[-1]}/task").glob("*/children"):
                children += [int(child) for child in task.read_text().split()]
        return found

    def memory(self):
        """MiB in memory of each process: pages that processes share count in each."""
        sizes = []
        for process in self.processes():
            for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    sizes.append(int(line.split()[1]) / 1024)
        return sizes

    def stop(self):
        """Ends the process group; the seconds that it took and the exit status."""
        started = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            status = "killed"
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        return time.perf_counter() - started, status


class Mlpack(Server):
    name = "mlpack-serve"

    def __init__(self, work, program, models, options):
        super().__init__(work)
        self.program, self.options = program, options
        for model, path in models.items():
            place = self.folder / "models" / model / "1"
            place.mkdir(parents=True)
            shutil.copy(path, place / "model.onnx")

    def command(self):
        return [
            self.program, "models", "--host", "127.0.0.1", "--http-port", self.http_port, "--grpc-port", self.grpc_port,
            "--metrics-port", 0, "--model-control", "explicit", *self.options,
        ]  # fmt: skip


class Triton(Server):
    name = "Triton"

    def __init__(self, work, environment, models, cores):
        super().__init__(work)
        packages = next(environment.glob("lib/python3*/site-packages"))
        version = packages.parent.name.removeprefix("python")
        self.server = packages / "pytriton/tritonserver"
        # The stub of the backend has to lie beside the backend.
        self.backends = self.folder / "backends"
        shutil.copytree(self.server / "backends", self.backends, ignore=shutil.ignore_patterns("*_stub"))
        stub = self.server / "python_backend_stubs" / version / "triton_python_backend_stub"
        shutil.copy(stub, self.backends / "python")
        libraries = packages / "nvidia_pytriton.libs"
        runtime = next(libraries.glob("libcudart-*.so.12*"))
        (self.folder / "libcudart.so.12").symlink_to(runtime)
        interpreter = subprocess.run(
            [environment / "bin/python", "-c", "import sysconfig; print(sysconfig.get_config_var('LIBDIR'))"],
            capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        paths = [libraries, self.folder, interpreter, self.environment.get("LD_LIBRARY_PATH", "")]
        self.environment["LD_LIBRARY_PATH"] = ":".join(str(path) for path in paths if path)
        # The stub takes the packages of the first Python of the path: numpy 2 beside it gives empty tensors.
        self.environment["PATH"] = f"{environment / 'bin'}:{self.environment['PATH']}"
        for model, path in models.items():
            place = self.folder / "models" / model
            (place / "1").mkdir(parents=True)
            (place / "config.pbtxt").write_text(TRITON_CONFIGURATION % cores)
            (place / "1/model.py").write_text(TRITON_MODEL)
            shutil.copy(path, place / "1/model.onnx")

    def command(self):
        return [
            self.server / "bin/tritonserver", "--model-repository", self.folder / "models", "--backend-directory",
            self.backends, "--http-address", "127.0.0.1", "--http-port", self.http_port, "--grpc-port", self.grpc_port,
            "--allow-metrics", "false", "--model-control-mode", "explicit", "--load-model", "*",
        ]  # fmt: skip


class MLServer(Server):
    name = "MLServer"

    def __init__(self, work, environment, models):
        super().__init__(work)
        self.environment_folder = environment
        (self.folder / "onnx_model.py").write_text(MLSERVER_MODEL)
        self.environment["PYTHONPATH"] = str(self.folder)
        for model, path in models.items():
            place = self.folder / "models" / model
            place.mkdir(parents=True)
            settings = {"name": model, "implementation": "onnx_model.OnnxModel", "parameters": {"uri": str(path)}}
            (place / "model-settings.json").write_text(json.dumps(settings))

    def command(self):
        # In one process: another one that runs the models costs more than these models do.
        settings = {
            "host": "127.0.0.1", "http_port": self.http_port, "grpc_port": self.grpc_port,
            "metrics_port": free_port(), "parallel_workers": 0, "debug": False,
        }  # fmt: skip
        (self.folder / "models/settings.json").write_text(json.dumps(settings))
        return [self.environment_folder / "bin/mlserver", "start", self.folder / "models"]


def inference_body():
    values = [index / 8 for index in range(16)]
    return json.dumps({"inputs": [{"name": "x", "shape": [1, 16], "datatype": "FP32", "data": values}]}).encode()
