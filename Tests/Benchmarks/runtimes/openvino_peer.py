"""OpenVINO, with the extents of the run fixed when the model is loaded and one stream for one caller."""

import time

import openvino

from . import Refused, reason, timed

NAME = "OpenVINO"
PRECISIONS = {"fp32": "f32", "bf16": "bf16", "int8": "f32"}


def version():
    return openvino.__version__.split("-")[0]


class Session:
    def __init__(self, case, threads):
        core = openvino.Core()
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": PRECISIONS[case.precision],
        }
        started = time.perf_counter_ns()
        try:
            model = core.read_model(str(case.path))
            model.reshape({name: list(array.shape) for name, array in case.feeds.items()})
            compiled = core.compile_model(model, "CPU", settings)
            self.request = compiled.create_infer_request()
            for name, array in case.feeds.items():
                self.request.set_tensor(name, openvino.Tensor(array, shared_memory=True))
            self.request.infer(share_outputs=True)
        except Exception as error:
            raise Refused(reason(error)) from error
        self.load_ms = (time.perf_counter_ns() - started) / 1e6
        self.compiled = compiled

    def outputs(self):
        return {name: self.request.get_tensor(port).data for port in self.compiled.outputs for name in port.names}

    def measure(self, seconds):
        infer = self.request.infer
        return timed(lambda: infer(share_outputs=True), seconds)
