"""One case on all runtimes, slice by slice in turn."""

import math
import statistics
import time

import difference
import floating_operations
from runtimes import Refused

#: Long enough for threads of a peer that spin after a run to sleep.
PAUSE = 0.02


class Comparison:
    """Measures cases. `runtimes` are pairs of a name and what makes a session of a case and a number of threads."""

    def __init__(self, runtimes, rounds, seconds, overheads, peaks):
        self.runtimes, self.rounds, self.seconds = runtimes, rounds, seconds
        self.overheads, self.peaks = overheads, peaks

    def rows(self, case, thread_counts):
        """A row for each count of threads."""
        try:
            operations = floating_operations.count(case.path, case.feeds)
        except Exception:  # onnxruntime does not run the model, and its row says why
            operations = 0
        expected, differences = None, {}
        for threads in thread_counts:
            sessions, refusals = self._sessions(case, threads)
            if expected is None and "onnxruntime" in sessions:
                expected = sessions["onnxruntime"].outputs()
            for name, session in list(sessions.items()):
                if expected is None or name in differences or name == "onnxruntime":
                    continue
                try:
                    differences[name] = difference.greatest(session.outputs(), expected)
                except Refused as refused:
                    refusals[name] = str(refused)
                    del sessions[name]
            slices = self._slices(sessions, refusals)
            yield self._row(case, threads, operations, sessions, slices, refusals, differences)

    def _sessions(self, case, threads):
        sessions, refusals = {}, {}
        for name, make in self.runtimes:
            try:
                sessions[name] = make(case, threads)
            except Refused as refused:
                refusals[name] = str(refused)
        return sessions, refusals

    def _slices(self, sessions, refusals):
        slices = {name: [] for name in sessions}
        for number in range(self.rounds):
            names = [name for name in sessions if name not in refusals]
            turn = number % len(names) if names else 0
            for name in names[turn:] + names[:turn]:
                time.sleep(PAUSE)
                try:
                    slices[name].append(sessions[name].measure(self.seconds))
                except Refused as refused:
                    refusals[name] = str(refused)
        return {name: taken for name, taken in slices.items() if name not in refusals}

    def _row(self, case, threads, operations, sessions, slices, refusals, differences):
        figures = {}
        for name, _ in self.runtimes:
            if name in refusals:
                figures[name] = {"refused": refusals[name]}
                continue
            taken = slices[name]
            minimum, median = min(part.minimum for part in taken), statistics.median(part.median for part in taken)
            lost = self.overheads.get((name, threads), (0.0, 0.0))
            net = minimum - lost[0]
            figures[name] = {
                "min_us": minimum,
                "median_us": median,
                "net_min_us": net if net > 0 else None,
                "net_median_us": median - lost[1] if median > lost[1] else None,
                "runs": sum(part.runs for part in taken),
                "load_ms": sessions[name].load_ms,
            }
            if operations and net > 0:
                figures[name]["gflops"] = operations / net / 1e3
                figures[name]["peak_share"] = operations / net / 1e3 / self.peaks[threads]
            if name in differences:
                figures[name]["difference"] = differences[name] if math.isfinite(differences[name]) else None
            if taken[-1].facts:
                figures[name] |= {key: taken[-1].facts[key] for key in ("p99_us", "arena_bytes", "resident_bytes")}
        return {"case": case.name, "threads": threads, "operations": operations, "runtimes": figures}
