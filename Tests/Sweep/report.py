"""The results as text: a line for each case that is not right, and tables for a person and for the documentation."""

from judge import OUTCOMES

SHOWN = [outcome for outcome in OUTCOMES if outcome != "untrained"]


def line(result):
    return f"{result.outcome:<9} {result.id:<52} {result.message}".rstrip()


def tables(results):
    """By family, by format, and by class where something is not right."""
    return "\n".join([
        *_table("family", _grouped(results, lambda result: result.family)),
        "",
        *_classes(results),
        "",
        *_formats(results),
    ])  # fmt: skip


def kinds(results):
    """By class, in full."""
    return "\n".join(_table("class", _grouped(results, lambda result: f"{result.family}: {result.kind}"), total=False))


def _grouped(results, key):
    groups = {}
    for result in results:
        groups.setdefault(key(result), []).append(result)
    return groups


def _table(head, groups, total=True):
    lines = [_cells([head, "cases", *SHOWN, "right, %"]), _cells(["---", *["--:"] * (len(SHOWN) + 2)])]
    rows = dict(groups)
    if total and len(groups) > 1:
        rows["all"] = [result for results in groups.values() for result in results]
    for name, results in rows.items():
        trained = [result for result in results if result.outcome != "untrained"]
        counts = [sum(result.outcome == outcome for result in trained) for outcome in SHOWN]
        share = f"{100 * counts[0] / len(trained):.1f}" if trained else "–"
        lines.append(_cells([name, str(len(trained)), *(str(count) if count else "" for count in counts), share]))
    return lines


def _classes(results):
    """How many classes of scikit-learn are right in every case, and in some."""
    groups = _grouped([result for result in results if result.family == "scikit-learn"], lambda result: result.kind)
    if not groups:
        return []
    every = sum(all(result.outcome == "right" for result in group) for group in groups.values())
    some = sum(any(result.outcome == "right" for result in group) for group in groups.values())
    return [f"Classes of scikit-learn: {len(groups)}, of which {every} are right in every case and {some} in some."]


def _formats(results):
    groups = {}
    for result in results:
        for name, outcome in result.formats.items():
            groups.setdefault((result.family, name), []).append(outcome)
    if not groups:
        return []
    lines = [_cells(["format", "files", *SHOWN]), _cells(["---", *["--:"] * (len(SHOWN) + 1)])]
    for (family, name), outcomes in groups.items():
        counts = [outcomes.count(outcome) for outcome in SHOWN]
        lines.append(
            _cells([f"{family}: {name}", str(len(outcomes)), *(str(count) if count else "" for count in counts)])
        )
    return lines


def _cells(cells):
    return "| " + " | ".join(cells) + " |"
