"""Measures mlpack beside its peers; `run` calls it with the Python of the peers."""

import argparse
import datetime
import functools
import json
import pathlib
import re
import shlex
import subprocess
import sys

import numpy
import onnx

import machine
import model_files
import report
from cases import CASES, TINY, TINY_TREES
from measurement import Comparison
from models import trees
from runtimes import mlpack_command, onnxruntime_peer, openvino_peer, xgboost_peer

PEERS = (onnxruntime_peer, openvino_peer, xgboost_peer)
NAMES = (mlpack_command.NAME, *(peer.NAME for peer in PEERS))
RESULTS = pathlib.Path(__file__).parent / "Results"


def arguments():
    parser = argparse.ArgumentParser(prog="Tests/Benchmarks/run", description=__doc__)
    parser.add_argument("--only", metavar="REGEX", default="", help="the cases whose name matches")
    parser.add_argument("--threads", metavar="1,2", default="1,2", help="threads of each runtime (default: 1,2)")
    parser.add_argument("--rounds", metavar="N", type=int, default=5, help="turns of each runtime (default: 5)")
    parser.add_argument("--seconds", metavar="S", type=float, default=0.5, help="length of a turn (default: 0.5)")
    parser.add_argument("--precision", choices=("fp32", "bf16", "int8"), default="fp32", help="of mlpack and OpenVINO")
    parser.add_argument("--runtimes", metavar="A,B", default=",".join(NAMES), help="only these (default: all)")
    parser.add_argument("--timeout", metavar="S", type=float, default=300, help="for one call of mlpack (default: 300)")
    parser.add_argument("--mlpack", metavar="PATH", help="the executable (default: the release build, made first)")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write the figures")
    parser.add_argument("--markdown", metavar="FILE", type=pathlib.Path, help="write the page")
    parser.add_argument("--list", action="store_true", help="name the cases and end")
    parser.add_argument("--quick", action="store_true", help="one round of 0.05 s: whether it works, not how fast")
    options = parser.parse_args()
    options.threads = [int(count) for count in options.threads.split(",")]
    options.runtimes = options.runtimes.split(",")
    if unknown := set(options.runtimes) - set(NAMES):
        parser.error(f"no runtime is called {', '.join(sorted(unknown))}, expected some of {', '.join(NAMES)}")
    options.cases = [case for case in CASES if re.search(options.only, case.name)]
    if not options.cases:
        parser.error(f"no case matches `{options.only}`; `--list` names them")
    if options.quick:
        options.rounds, options.seconds = 1, 0.05
    elif not options.only and options.runtimes == list(NAMES) and options.precision == "fp32":
        options.json = options.json or RESULTS / f"{machine.slug()}.json"
        options.markdown = options.markdown or RESULTS / f"{machine.slug()}.md"
    return options


def executable(options):
    path = options.mlpack
    if not path:
        subprocess.run(["swift", "build", "-c", "release", "--product", "mlpack"], check=True, stdout=sys.stderr)
        path = ".build/release/mlpack"
    return mlpack_command.Executable(path, options.timeout)


def overheads(options):
    """What a call of each peer from Python takes, by a model of one node or of one tree."""
    found = {}
    for peer in PEERS:
        if peer.NAME not in options.runtimes:
            continue
        prepared = model_files.prepared(TINY_TREES if peer is xgboost_peer else TINY)
        for threads in options.threads:
            session = peer.Session(prepared, threads)
            slices = [session.measure(min(options.seconds, 0.2)) for _ in range(3)]
            found[peer.NAME, threads] = min(part.minimum for part in slices), min(part.median for part in slices)
    return found


def write(options, results):
    for path, text in (
        (options.json, json.dumps(results, indent=1, ensure_ascii=False) + "\n"),
        (options.markdown, report.markdown(results)),
    ):
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def main():
    options = arguments()
    if options.list:
        print("\n".join(case.name for case in options.cases))
        return
    versions = {peer.NAME: peer.version() for peer in PEERS if peer.NAME in options.runtimes}
    runtimes = [(peer.NAME, peer.Session) for peer in PEERS if peer.NAME in options.runtimes]
    if mlpack_command.NAME in options.runtimes:
        mlpack = executable(options)
        versions = {mlpack_command.NAME: mlpack.version()} | versions
        runtimes.insert(0, (mlpack_command.NAME, functools.partial(mlpack_command.Session, executable=mlpack)))
    peaks = {threads: machine.peak(threads, model_files.FOLDER) for threads in options.threads}
    found = overheads(options)
    results = {
        "machine": machine.description(),
        "versions": versions | {"onnx": onnx.__version__, "numpy": numpy.__version__, "Python": sys.version.split()[0]},
        "command": shlex.join(["Tests/Benchmarks/run", *sys.argv[1:]]),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "precision": options.precision,
        "rounds": options.rounds,
        "seconds": options.seconds,
        "peaks": peaks,
        "overheads": [
            {"runtime": name, "threads": threads, "min_us": least, "median_us": median}
            for (name, threads), (least, median) in found.items()
        ],
        "rows": [],
    }
    for case in options.cases:
        prepared = model_files.prepared(case, options.precision)
        is_boosted = trees.booster_path(prepared.path).exists()
        able = [(name, make) for name, make in runtimes if is_boosted or name != xgboost_peer.NAME]
        comparison = Comparison(able, options.rounds, options.seconds, found, peaks)
        for row in comparison.rows(prepared, options.threads):
            results["rows"].append(row)
            print(report.line(row), flush=True)
            write(options, results)


if __name__ == "__main__":
    main()
