"""The table of the serving benchmark."""

import statistics

# Rows of the table: the measurement, what is shown of it, what is to be reached, and how it is written.
SHOWN = [
    ("closed 1", "JSON, 1 connection: p50", "≤ 100 µs", "p50", "time"),
    ("closed 1", "p99", "≤ 1 ms", "p99", "time"),
    ("closed 1", "p99.9", "", "p999", "time"),
    ("closed 16", "JSON, 16 connections: requests/s", "≥ 2× Triton, 10× MLServer", "rate", "rate"),
    ("closed 16", "p50", "", "p50", "time"),
    ("closed 16", "p99", "≤ 5 ms", "p99", "time"),
    ("closed 16", "not answered with 200", "0", "failed", "sum"),
    ("grpc", "gRPC, perf_analyzer, concurrency 8: requests/s", "≥ 2× Triton", "rate", "rate"),
    ("grpc", "p50", "", "p50", "time"),
    ("grpc", "p99", "≤ 5 ms", "p99", "time"),
    ("start", "start to ready, small model", "≤ 50 ms", "ready", "time"),
    ("start", "idle memory (RSS of all processes)", "≤ 25 MiB", "idle", "memory"),
    ("start", "memory after a request", "", "after", "memory"),
    ("start", "processes", "", "processes", "rate"),
    ("start", "first request of the slow model", "", "first", "time"),
    ("start", "one of the next", "", "next", "time"),
    ("start", "SIGTERM to end, idle", "", "end", "time"),
    ("arrivals", "capacity, open loop, requests/s", "", "capacity", "rate"),
    ("arrivals", "60 % of it, uniform arrivals: p99", "", "uniform", "time"),
    ("arrivals", "Poisson arrivals: p99", "", "poisson", "time"),
    ("arrivals", "p99 of Poisson / uniform", "≤ 2", "ratio", "ratio"),
    ("overload", "slow model: capacity, requests/s", "", "capacity", "rate"),
    ("overload", "Poisson at 60 %: p99", "", "normal", "time"),
    ("overload", "ten-fold overload: admitted p50", "", "admitted p50", "time"),
    ("overload", "admitted p99", "≤ 2× the one at 60 %", "admitted", "time"),
    ("overload", "admitted/s", "", "admitted rate", "rate"),
    ("overload", "rejection p50", "", "rejected p50", "time"),
    ("overload", "rejection p99", "< 5 ms", "rejected", "time"),
    ("overload", "rejections", "", "rejections", "sum"),
    ("overload", "arrived, and not answered", "0", "unanswered", "sum"),
    ("overload", "health p99", "< 10 ms", "health", "time"),
    ("overload", "health not answered", "0", "health failed", "sum"),
    ("swaps", "swaps under load", "", "swaps", "sum"),
    ("swaps", "one load", "", "load", "time"),
    ("swaps", "requests answered", "", "answered", "sum"),
    ("swaps", "requests failed", "0", "failed", "sum"),
    ("swaps", "loads failed", "0", "failed swaps", "sum"),
    ("swaps", "p99 of requests", "", "p99", "time"),
    ("swaps", "growth of memory", "", "growth", "memory"),
    ("terminate", "SIGTERM under load: requests answered", "", "answered", "sum"),
    ("terminate", "requests lost", "0", "lost", "sum"),
    ("terminate", "requests rejected", "", "rejected", "sum"),
    ("cycles", "cycles of unload and load", "", "cycles", "sum"),
    ("cycles", "growth", "≤ 5 MiB in 10,000", "growth", "memory"),
    ("cycles", "answers other than 200", "0", "failed", "sum"),
]  # fmt: skip


def time_text(seconds):
    for unit, size in [("s", 1), ("ms", 1e-3)]:
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


WRITTEN = {
    "time": time_text,
    "rate": lambda value: f"{value:,.0f}",
    "sum": lambda value: f"{value:,.0f}",
    "memory": lambda value: f"{value:.1f} MiB",
    "ratio": lambda value: f"{value:.2f}",
}


def cell(results, name, kind):
    values = [result[name] for result in results if result.get(name) is not None]
    if not values:
        return "—"
    return WRITTEN[kind](sum(values) if kind == "sum" else statistics.median(values))


def plain(result):
    parts = [f"{name} {value:.6g}" if isinstance(value, float) else f"{name} {value}" for name, value in result.items()]
    return ", ".join(parts)


def table(found, names):
    """The lines of the table in Markdown, and what made a measurement impossible."""
    lines = ["| | to reach | " + " | ".join(names) + " |", "|---|---|" + "--:|" * len(names)]
    for row, title, target, name, kind in SHOWN:
        if found.get(row):
            cells = [cell(found[row].get(server, []), name, kind) for server in names]
            lines.append(f"| {title} | {target} | {' | '.join(cells)} |")
    errors = {
        f"{row} of {server}: {result['error']}"
        for row, by_server in found.items()
        for server, results in by_server.items()
        for result in results
        if "error" in result
    }
    return lines + [""] * bool(errors) + sorted(errors)
