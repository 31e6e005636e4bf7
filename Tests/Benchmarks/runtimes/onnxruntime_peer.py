"""onnxruntime, with the extents of the run fixed when the model is loaded."""

import time

import onnxruntime

from . import Refused, reason, timed

NAME = "onnxruntime"


def version():
    return onnxruntime.__version__


class Session:
    def __init__(self, case, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.feeds = case.feeds
        started = time.perf_counter_ns()
        try:
            for name, extent in case.symbols.items():
                options.add_free_dimension_override_by_name(name, extent)
            self.session = onnxruntime.InferenceSession(str(case.path), options, providers=["CPUExecutionProvider"])
            self.first = self.session.run(None, self.feeds)
        except Exception as error:
            raise Refused(reason(error)) from error
        self.load_ms = (time.perf_counter_ns() - started) / 1e6

    def outputs(self):
        return dict(zip((value.name for value in self.session.get_outputs()), self.first))

    def measure(self, seconds):
        run, feeds = self.session.run, self.feeds
        return timed(lambda: run(None, feeds), seconds)
