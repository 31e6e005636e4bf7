"""Writes the tables of docs/estimators.md from the lists of `mlpack`, the fixtures and the sweep's list.

    estimators_page.py MLPACK            writes the tables
    estimators_page.py --check MLPACK    compares them, and exits 1 where they differ

Each table stands between `<!-- NAME: written by Tests/support/estimators_page.py -->` and `<!-- end -->`. What a class
gives, and of which versions, is what `mlpack export` says of the fixtures; the last column counts the models of
`Tests/sweep --seed 1` that have to be right.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/estimators.md"
FIXTURES = ROOT / "Tests/ImportersTests/Fixtures/scikit-learn"
RIGHT = ROOT / "Tests/Sweep/right.txt"


def listed(mlpack):
    output = subprocess.run([mlpack, "estimators", "--json"], check=True, capture_output=True).stdout
    frameworks = collections.defaultdict(list)
    for estimator in json.loads(output):
        frameworks[estimator["framework"]].append(estimator)
    return frameworks


def fixtures():
    """The models of each version, one for each case."""
    for cases in sorted([*FIXTURES.glob("*/cases.json"), *FIXTURES.glob("*/*/cases.json")]):
        version = cases.relative_to(FIXTURES).parts[0]
        for files in json.loads(cases.read_text()).values():
            yield version, cases.parent / files[0]


def held(mlpack):
    """For each class, by its short name, the versions of its fixtures and what `--outputs` may choose."""
    versions, outputs = collections.defaultdict(set), collections.defaultdict(dict)
    with tempfile.TemporaryDirectory() as folder:
        for version, model in fixtures():
            command = [mlpack, "export", "--onnx", model, "--output", f"{folder}/model.onnx", "--json"]
            result = subprocess.run(command, check=True, capture_output=True)
            report = json.loads(result.stdout)["report"]
            name = report["estimator"]["class"].split(".")[-1]
            versions[name].add(version)
            outputs[name].update(dict.fromkeys(report["available_outputs"]))
    return versions, outputs


def right_counts():
    ids = (line for line in RIGHT.read_text().splitlines() if not line.startswith("#"))
    return collections.Counter(line.split("/")[1] for line in ids if line.startswith("scikit-learn/"))


def by_number(version):
    return [int(part) for part in version.split(".")]


def class_table(classes, mlpack):
    versions, outputs = held(mlpack)
    counts = right_counts()
    lines = ["| class | `--outputs` | limits | fixtures of | sweep |", "|---|---|---|---|---|"]
    for estimator in classes:
        name = estimator["name"].split(".")[-1]
        cells = (
            f"`{estimator['name']}`",
            ", ".join(f"`{output}`" for output in outputs[name]),
            estimator["limits"] or "",
            ", ".join(sorted(versions[name], key=by_number)),
            str(counts[name] or ""),
        )
        lines.append(" ".join(f"| {cell}" if cell else "|" for cell in cells) + " |")
    return "\n".join(lines)


def name_list(objectives):
    return ", ".join(f"`{objective['name']}`" for objective in objectives)


def filled(text, name, content):
    pattern = re.compile(rf"(<!-- {re.escape(name)}: [^>]*-->\n).*?(<!-- end -->)", re.DOTALL)
    text, count = pattern.subn(lambda match: match[1] + "\n" + content + "\n\n" + match[2], text)
    if count != 1:
        sys.exit(f"error: {PAGE}: {count} places for `{name}`, expected 1")
    return text


def main():
    check = "--check" in sys.argv
    mlpack = pathlib.Path(sys.argv[-1]).resolve()
    frameworks = listed(mlpack)
    text = PAGE.read_text()
    page = filled(text, "scikit-learn", class_table(frameworks.pop("scikit-learn"), mlpack))
    for framework, objectives in frameworks.items():
        page = filled(page, framework, name_list(objectives))
    if check and page != text:
        sys.exit(f"error: {PAGE.relative_to(ROOT)} is not what {pathlib.Path(__file__).name} writes")
    if not check:
        PAGE.write_text(page)


main()
