"""mlpack, by its commands: `mlpack bench` for the times, `mlpack run` for the values."""

import json
import pathlib
import subprocess

import numpy as np

from . import Refused, Slice

NAME = "mlpack"
FACTS = ("load_ms", "first_run_us", "p99_us", "arena_bytes", "resident_bytes")


class Executable:
    """The command, and how long it may take."""

    def __init__(self, path, timeout):
        self.path, self.timeout = path, timeout

    def version(self):
        return subprocess.run([self.path, "--version"], check=True, capture_output=True, text=True).stdout.strip()

    def run(self, *arguments):
        try:
            result = subprocess.run([self.path, *arguments], capture_output=True, text=True, timeout=self.timeout)
        except subprocess.TimeoutExpired as error:
            raise Refused(f"`mlpack {arguments[0]}` takes more than {self.timeout} s") from error
        if result.returncode != 0:
            words = result.stderr.strip().splitlines() or [f"exit status {result.returncode}"]
            # Behind the file's name, which the row has already.
            raise Refused(words[0].removeprefix("error: ").removeprefix(f"`{arguments[1]}`: ")[:300])
        return result.stdout


class Session:
    def __init__(self, case, threads, executable):
        self.case, self.executable = case, executable
        self.arguments = ["bench", str(case.path), "--input", str(case.inputs), "--threads", str(threads), "--json"]
        self.arguments += ["--precision", case.precision]
        self.load_ms = None

    def outputs(self):
        path = self.case.inputs.with_suffix(".out.npz")
        arguments = ["run", str(self.case.path), "--input", str(self.case.inputs), "--output", str(path)]
        arguments += ["--precision", self.case.precision]
        self.executable.run(*arguments)
        try:
            with np.load(path) as arrays:
                return {name: arrays[name] for name in arrays.files}
        finally:
            pathlib.Path(path).unlink()

    def measure(self, seconds):
        figures = json.loads(self.executable.run(*self.arguments, "--duration", str(seconds)))
        load = figures["load_ms"] + figures["first_run_us"] / 1e3
        self.load_ms = min(load, self.load_ms or load)
        facts = {name: figures[name] for name in FACTS}
        return Slice(figures["min_us"], figures["median_us"], figures["runs"], facts)
