"""The rows as text: lines while it runs, Markdown and JSON when it is done."""

OURS = "mlpack"
#: The faster of these is the peer that counts.
BEST_OF = ("onnxruntime", "OpenVINO")
PEERS = ("onnxruntime", "OpenVINO", "XGBoost")


def ratio(row, peer, key):
    """A peer's time over ours: above 1 where mlpack is faster; none where one of them has no time."""
    ours, theirs = (row["runtimes"].get(name, {}).get(key) for name in (OURS, peer))
    return theirs / ours if ours and theirs else None


def line(row):
    parts = [f"{row['case']:<28} {row['threads']}t"]
    for name, figures in row["runtimes"].items():
        if "refused" in figures:
            parts.append(f"{name}: {figures['refused']}")
            continue
        text = f"{name} {_time(figures['net_min_us'])}/{_time(figures['net_median_us'])}"
        if name != OURS:
            text += f" ({_ratio(ratio(row, name, 'net_min_us'))}/{_ratio(ratio(row, name, 'net_median_us'))})"
        if "difference" in figures:
            text += f" Δ {_difference(figures)}"
        parts.append(text)
    return "  ".join(parts)


def markdown(results):
    """The page for a person, with rows that are lost and reasons of those that are missing."""
    machine, versions = results["machine"], results["versions"]
    peaks = ", ".join(f"{peak:.0f} on {threads}" for threads, peak in results["peaks"].items())
    overheads = "; ".join(f"{name} {text}" for name, text in _overheads(results["overheads"]).items())
    lines = [
        f"# Benchmarks on {machine['cpu']}",
        "",
        "Written by `Tests/Benchmarks/run`; [docs/benchmarks.md](../../../docs/benchmarks.md) says what is measured.",
        "",
        f"- Machine: {machine['cpu']}, family {machine['family']}, model {machine['model']}, {machine['cores']} cores, "
        f"{', '.join(machine['flags'])}; Linux {machine['kernel']}",
        f"- Peak in single precision, GFLOP/s by threads: {peaks}",
        f"- Versions: {', '.join(f'{name} {version}' for name, version in versions.items())}",
        f"- Command: `{results['command']}`, {results['date']}, precision {results['precision']}, "
        f"turns: {results['rounds']} of {results['seconds']} s",
        f"- Subtracted for the call, minimum/median in µs by threads: {overheads}",
        "",
        "A ratio is the peer's time over mlpack's, by minimum and, in brackets, by median: above 1, mlpack wins. "
        "*Best* is the faster of onnxruntime and OpenVINO. Times are the least of all rounds. Δ is the greatest "
        "difference from onnxruntime's outputs over their greatest magnitude. *First* is the time from the file to the first result.",
        "",
    ]
    for threads in sorted({row["threads"] for row in results["rows"]}):
        lines += _table([row for row in results["rows"] if row["threads"] == threads], threads)
    refusals = sorted({
        f"- `{row['case']}`, {name}: {figures['refused']}"
        for row in results["rows"]
        for name, figures in row["runtimes"].items()
        if "refused" in figures
    })  # fmt: skip
    if refusals:
        lines += ["## Not run", "", *refusals, ""]
    return "\n".join(lines)


def _table(rows, threads):
    shown = [peer for peer in PEERS if any(peer in row["runtimes"] for row in rows)]
    ratios = [*(f"{peer} ÷ mlpack" for peer in shown), "best ÷ mlpack"]
    heads = ["model", OURS, *shown, *ratios, "GFLOP/s", "peak", "Δ", "first", "onnxruntime first"]
    lines = [f"## {threads} thread{'s' if threads > 1 else ''}", "", _cells(heads)]
    lines.append(_cells(["---"] + ["--:"] * (len(heads) - 1)))
    for row in rows:
        figures = row["runtimes"]
        ours = figures.get(OURS, {})
        cells = [row["case"]] + [_shown(figures.get(name, {})) for name in (OURS, *shown)]
        for peer in shown:
            least, median = (ratio(row, peer, key) for key in ("net_min_us", "net_median_us"))
            cells.append(f"{_ratio(least)} ({_ratio(median)})" if least else "–")
        best = [value for peer in BEST_OF if (value := ratio(row, peer, "net_min_us"))]
        cells.append(_ratio(min(best, default=None)))
        cells.append(f"{ours['gflops']:.1f}" if "gflops" in ours else "–")
        cells.append(f"{100 * ours['peak_share']:.0f} %" if "gflops" in ours else "–")
        cells.append(_difference(ours))
        cells += [_load(figures.get(name, {})) for name in (OURS, "onnxruntime")]
        lines.append(_cells(cells))
    return [*lines, ""]


def _overheads(overheads):
    texts = {}
    for entry in overheads:
        text = f"{entry['min_us']:.1f}/{entry['median_us']:.1f} on {entry['threads']}"
        texts[entry["runtime"]] = f"{texts[entry['runtime']]}, {text}" if entry["runtime"] in texts else text
    return texts


def _cells(cells):
    return "| " + " | ".join(cells) + " |"


def _shown(figures):
    if "refused" in figures:
        return "not run"
    return _time(figures["net_min_us"]) if figures else "–"


def _load(figures):
    return _time(figures["load_ms"] * 1e3) if figures.get("load_ms") else "–"


def _difference(figures):
    if "difference" not in figures:
        return "–"
    return "∞" if figures["difference"] is None else f"{figures['difference']:.0e}"


def _time(microseconds):
    if microseconds is None:
        return "≈ 0"
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if microseconds >= size:
            return f"{microseconds / size:.3g} {unit}"
    return f"{microseconds:.3g} µs"


def _ratio(value):
    return f"{value:.2f}×" if value else "–"
