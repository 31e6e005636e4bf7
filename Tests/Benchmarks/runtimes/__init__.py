"""The runtimes that are measured. Each module has `NAME`, `version()` and `Session(case, threads)`.

A session is made from a `Prepared` case and offers `load_ms` (from the file to the first result), `outputs()` and
`measure(seconds)`, which returns a `Slice`. What a runtime cannot do, it says by `Refused`.
"""

import dataclasses
import pathlib
import statistics
import time

import numpy as np


class Refused(Exception):
    """The reason why a runtime does not run a model."""


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A case with its files."""

    name: str
    path: pathlib.Path
    inputs: pathlib.Path
    feeds: dict[str, np.ndarray]
    #: The extents of the dimensions that the model gives names to.
    symbols: dict[str, int]
    precision: str = "fp32"


@dataclasses.dataclass(frozen=True)
class Slice:
    """The times of some runs in a row, in microseconds."""

    minimum: float
    median: float
    runs: int
    #: What else the runtime says of itself.
    facts: dict = dataclasses.field(default_factory=dict)


def timed(run, seconds):
    """Runs again and again, for a tenth of the time unmeasured; at least once each, as `mlpack bench` does."""
    clock = time.perf_counter_ns
    end = clock() + int(seconds * 1e8)
    run()
    while clock() < end:
        run()
    times = []
    end = clock() + int(seconds * 1e9)
    while True:
        started = clock()
        run()
        stopped = clock()
        times.append(stopped - started)
        if stopped >= end:
            break
    return Slice(min(times) / 1e3, statistics.median(times) / 1e3, len(times))


def reason(error):
    """The line of an error that says most: not where in the peer's sources it was raised, nor a headline."""
    lines = [line.strip(" -\t") for line in str(error).splitlines()]
    said = [line for line in lines if line and "src/" not in line and not line.endswith((":", "converted."))]
    return (said[0] if said else type(error).__name__)[:300]
