"""mlpack as a process: export and run, with what its exit codes mean."""

import subprocess

SECONDS = 60
REFUSED = 3


class Stopped(Exception):
    """The executable ended as it should not; `outcome` is `refused`, `failed` or `crashed`."""

    def __init__(self, outcome, message):
        super().__init__(message)
        self.outcome = outcome


class Executable:
    def __init__(self, path, options=()):
        self.path = str(path)
        #: Options of `export` for every case, as `["--precision", "double"]`.
        self.options = list(options)
        self.chooses_outputs = "--outputs" in self._call("export", "--help").stdout

    def export(self, source, target, *options):
        self._run("export", "--onnx", source, "-o", target, *self.options, *options)

    def run(self, model, inputs, outputs):
        self._run("run", model, "--input", inputs, "--output", outputs, "--threads", "1")

    def _run(self, *arguments):
        try:
            done = self._call(*arguments)
        except subprocess.TimeoutExpired:
            raise Stopped("crashed", f"{arguments[0]}: not done after {SECONDS} s") from None
        if done.returncode == 0:
            return
        words = (done.stderr or done.stdout).strip()
        if done.returncode < 0 or done.returncode > 64:
            raise Stopped("crashed", f"{arguments[0]}: exit code {done.returncode}: {words[-300:]}")
        outcome = "refused" if done.returncode == REFUSED and arguments[0] == "export" else "failed"
        raise Stopped(outcome, _message(words) if arguments[0] == "export" else f"{arguments[0]}: {_message(words)}")

    def _call(self, *arguments):
        return subprocess.run([self.path, *map(str, arguments)], capture_output=True, text=True, timeout=SECONDS)


def _message(words):
    """The lines of an error without the path of the file, which no two runs share."""
    lines = [line.split("error: ", 1)[-1] for line in words.splitlines() if not line.startswith("hint: ")]
    text = " ".join(lines)
    return text.split("`: ", 1)[1] if text.startswith("`") and "/" in text.split("`: ", 1)[0] else text
