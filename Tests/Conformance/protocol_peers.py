"""The servers that cases of the protocol are run against, with the models of `mlpack conformance --write-models`."""

import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Benchmarks/servers"))
import processes  # noqa: E402

NOTE = (
    "Triton is that of PyTriton, whose Python backend runs the models in onnxruntime; neither it nor MLServer can hold "
    "BF16 there, because NumPy has no such type. What MLServer says of wrong tensors is its own as far as it looks at "
    "them, and onnxruntime's behind that."
)

# NumPy has no bfloat16, and onnxruntime takes its tensors as NumPy's.
UNHELD = {"conformance_identity_bf16"}

TRITON_MODEL = """import os
import numpy
import onnxruntime
import triton_python_backend_utils as utils


def text(array):
    decoded = [element.decode() if isinstance(element, bytes) else element for element in array.ravel()]
    return numpy.array(decoded, dtype=object).reshape(array.shape)


class TritonPythonModel:
    def initialize(self, arguments):
        path = os.path.join(arguments["model_repository"], arguments["model_version"], "model.onnx")
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def execute(self, requests):
        return [self.answer(request) for request in requests]

    def answer(self, request):
        try:
            feeds = {tensor.name(): tensor.as_numpy() for tensor in request.inputs()}
            feeds = {name: text(array) if array.dtype == object else array for name, array in feeds.items()}
            names = list(request.requested_output_names())
            arrays = self.session.run(names, feeds)
        except Exception as error:
            return utils.InferenceResponse(error=utils.TritonError(str(error)))
        encoded = [numpy.char.encode(array.astype(str), "utf-8").astype(object) if array.dtype == object else array
                   for array in arrays]
        return utils.InferenceResponse([utils.Tensor(name, array) for name, array in zip(names, encoded)])
"""

MLSERVER_MODEL = """import numpy
import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.types import InferenceResponse


class OnnxModel(MLModel):
    async def load(self):
        path = self.settings.parameters.uri
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        return True

    async def predict(self, payload):
        feeds = {}
        for tensor in payload.inputs:
            if tensor.datatype == "BYTES":
                array = numpy.array(StringCodec.decode_input(tensor), dtype=object).reshape(tensor.shape)
            else:
                array = NumpyCodec.decode_input(tensor)
            feeds[tensor.name] = array
        names = [output.name for output in payload.outputs or []] or None
        arrays = self.session.run(names, feeds)
        names = names or [output.name for output in self.session.get_outputs()]
        outputs = [
            StringCodec.encode_output(name, array.ravel().tolist()) if array.dtype == object
            else NumpyCodec.encode_output(name, array)
            for name, array in zip(names, arrays)
        ]
        for output, array in zip(outputs, arrays):
            output.shape = list(array.shape)
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=outputs)
"""


class Mlpack(processes.Mlpack):
    def hold(self, models):
        shutil.copytree(models, self.folder / "models")


class Triton(processes.Triton):
    ready_timeout = 300

    def hold(self, models):
        for model in sorted(models.iterdir()):
            if model.name in UNHELD:
                continue
            place = self.folder / "models" / model.name
            shutil.copytree(model, place)
            configuration = (place / "config.pbtxt").read_text()
            configuration = configuration.replace('platform: "onnxruntime_onnx"', 'backend: "python"')
            (place / "config.pbtxt").write_text(configuration + "instance_group [{ kind: KIND_CPU count: 1 }]\n")
            for version in place.glob("[0-9]*"):
                (version / "model.py").write_text(TRITON_MODEL)


class MLServer(processes.MLServer):
    def hold(self, models):
        (self.folder / "onnx_model.py").write_text(MLSERVER_MODEL)
        for model in sorted(models.iterdir()):
            if model.name in UNHELD:
                continue
            datatype = model.name.removeprefix("conformance_identity_").upper()
            datatype = "FP32" if datatype.startswith("CONFORMANCE") else datatype
            inputs, outputs = ["INPUT0"], ["OUTPUT0"]
            if model.name == "conformance_add_sub":
                inputs, outputs = ["INPUT0", "INPUT1"], ["SUM", "DIFFERENCE"]
            for version in sorted(model.glob("[0-9]*")):
                place = self.folder / "models" / f"{model.name}-{version.name}"
                place.mkdir(parents=True)
                settings = {
                    "name": model.name,
                    "implementation": "onnx_model.OnnxModel",
                    "platform": "onnxruntime_onnx",
                    "versions": sorted(path.name for path in model.glob("[0-9]*")),
                    "parameters": {"uri": str(version / "model.onnx"), "version": version.name},
                    "inputs": [{"name": name, "datatype": datatype, "shape": [-1, 4]} for name in inputs],
                    "outputs": [{"name": name, "datatype": datatype, "shape": [-1, 4]} for name in outputs],
                }
                (place / "model-settings.json").write_text(json.dumps(settings))
