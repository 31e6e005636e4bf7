"""The list of what must be right: ids of cases of the committed seed, with the formats; it only grows."""

import pathlib

PATH = pathlib.Path(__file__).parent / "right.txt"
SEED = 1


def read():
    """Formats by the id of the case."""
    listed = {}
    if PATH.exists():
        for text in PATH.read_text().splitlines():
            if text and not text.startswith("#"):
                case_id, formats = text.rsplit(": ", 1)
                listed[case_id] = formats.split()
    return listed


def lost(results, listed):
    """What the list says and the results do not: lines for a person."""
    lines = []
    for result in results:
        if result.id not in listed:
            continue
        if result.outcome != "right":
            lines.append(f"{result.id} is {result.outcome} and must be right: {result.message}")
        else:
            gone = [name for name in listed[result.id] if result.formats.get(name) != "right"]
            lines += [
                f"{result.id}: {name} is {result.formats.get(name, 'missing')} and must be right" for name in gone
            ]
    return lines


def unlisted(results, listed):
    """What is right and the list does not say: lines for a person."""
    lines = []
    for result in results:
        formats = [name for name, outcome in result.formats.items() if outcome == "right"]
        new = sorted(set(formats) - set(listed.get(result.id, [])))
        if result.outcome == "right" and new:
            lines.append(f"{result.id} is right and not listed ({' '.join(new)}): run with --accept")
    return lines


def gained(results, listed):
    """The list with what is right besides."""
    grown = {case_id: set(formats) for case_id, formats in listed.items()}
    for result in results:
        if result.outcome == "right":
            right = {name for name, outcome in result.formats.items() if outcome == "right"}
            grown[result.id] = grown.get(result.id, set()) | right
    return grown


def write(listed):
    lines = [f"# Cases of `Tests/sweep --seed {SEED}` that must be right, with their formats; `--accept` adds to them."]
    lines += [f"{case_id}: {' '.join(sorted(listed[case_id]))}" for case_id in sorted(listed)]
    PATH.write_text("\n".join(lines) + "\n")
