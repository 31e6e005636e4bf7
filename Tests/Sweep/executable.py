"""mlpack as a process: export and run, with what its exit codes mean."""

import contextlib
import resource
import subprocess
from subprocess import PIPE

CPU_SECONDS = 60
#: Far above what a loaded machine takes: only what waits for something that never comes is ended by it.
WAITING_SECONDS = 1800
USAGE, REFUSED = 2, 3
#: The exit codes of an export that is asked for outputs that a model or the executable does not have.
NOT_OFFERED = (USAGE, REFUSED)


class Stopped(Exception):
    """The executable ended as it should not; `outcome` is `refused`, `failed` or `crashed`."""

    def __init__(self, outcome, message, code=None):
        super().__init__(message)
        self.outcome, self.code = outcome, code


class Executable:
    def __init__(self, path, options=()):
        self.path = str(path)
        #: Options of `export` for every case, as `["--precision", "double"]`.
        self.options = list(options)
        self.chooses_outputs = "--outputs" in self._call("export", "--help")[1]

    def export(self, source, target, *options):
        self._run("export", "--onnx", source, "-o", target, *self.options, *options)

    def run(self, model, inputs, outputs):
        self._run("run", model, "--input", inputs, "--output", outputs, "--threads", "1")

    def _run(self, *arguments):
        try:
            code, words = self._call(*arguments)
        except subprocess.TimeoutExpired:
            raise Stopped("crashed", f"{arguments[0]}: waits without end") from None
        if code == 0:
            return
        if code < 0 or code > 64:
            raise Stopped("crashed", f"{arguments[0]}: exit code {code}: {words[-300:]}")
        outcome = "refused" if code == REFUSED and arguments[0] == "export" else "failed"
        place = "" if arguments[0] == "export" else f"{arguments[0]}: "
        raise Stopped(outcome, place + _message(words), code)

    def _call(self, *arguments):
        """The exit code and the words of a process whose time on the processor is bounded, whatever else runs."""
        process = subprocess.Popen([self.path, *map(str, arguments)], text=True, stdout=PIPE, stderr=PIPE)
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        try:
            out, words = process.communicate(timeout=WAITING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return process.returncode, (words or out).strip()


def _message(words):
    """The lines of an error without the path of the file, which no two runs share."""
    lines = [line.split("error: ", 1)[-1] for line in words.splitlines() if not line.startswith("hint: ")]
    text = " ".join(lines)
    return text.split("`: ", 1)[1] if text.startswith("`") and "/" in text.split("`: ", 1)[0] else text
