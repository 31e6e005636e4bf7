"""Trains models by seed, exports each in every format of its framework, and judges what comes out.

`right` is what was converted, ran in onnxruntime and in mlpack, and gave the framework's own predictions; `refused` is
what `mlpack export` does not support, `failed` what ended otherwise, `differs` a model whose formats give different
graphs, `wrong` other predictions, `crashed` the end of a process by a signal or by time. `untrained` is what the
framework itself does not do: the case is at fault, counts nowhere, and fails the run of the committed seed.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import re
import sys
import time

import report
import right
from cases import each
from executable import Executable
from families import FAMILIES, scikit_learn
from judge import Judge


def arguments():
    parser = argparse.ArgumentParser(prog="Tests/sweep", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--seed", type=int, default=right.SEED, help="of what is drawn; the committed list is of 1")
    parser.add_argument("--only", metavar="REGEX", default="", help="cases whose id it matches")
    parser.add_argument("--families", metavar="NAMES", help="families, separated by commas")
    parser.add_argument("--quick", action="store_true", help="the first case of each kind alone")
    parser.add_argument("--list", action="store_true", help="print the cases' ids and no more")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write the results")
    parser.add_argument(
        "--markdown", metavar="FILE", type=pathlib.Path, help="write the tables, with one of all classes"
    )
    parser.add_argument("--keep", metavar="DIR", type=pathlib.Path, help="keep the files of cases that are wrong")
    parser.add_argument("--mlpack", metavar="PATH", default=".build/release/mlpack", help="the executable")
    parser.add_argument("--export", metavar="OPTIONS", default="", help="options for every export, in one argument")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="cases at once")
    parser.add_argument("--accept", action="store_true",
                        help="add what is right to the list of what must be; else what is not listed fails the run")  # fmt: skip
    parser.add_argument("--spoil", action="store_true", help="spoil what is expected: then nothing may be right")
    parser.add_argument("--verbose", action="store_true", help="print a line for each case, right and refused ones too")
    return parser.parse_args()


def selected(options):
    names = options.families.split(",") if options.families else [kinds.family for kinds in FAMILIES]
    unknown = set(names) - {kinds.family for kinds in FAMILIES}
    if unknown:
        sys.exit(f"no family is called {', '.join(sorted(unknown))}: {', '.join(kinds.family for kinds in FAMILIES)}")
    cases = [case for kinds in FAMILIES if kinds.family in names for case in kinds.cases()]
    cases = [case for case in cases if re.search(options.only, case.id)]
    return [case for case in cases if case.index == 0] if options.quick else cases


def main():
    options = arguments()
    if unlisted := scikit_learn.unlisted():
        sys.exit(f"classes of scikit-learn that no list has, or that it has no more: {', '.join(unlisted)}")
    cases = selected(options)
    if options.list:
        print("\n".join(case.id for case in cases))
        return
    started = time.monotonic()
    judge = Judge(Executable(options.mlpack, options.export.split()), options.seed, options.keep, options.spoil)
    results = []
    for result in each(cases, judge.judge, options.jobs):
        results.append(result)
        if options.verbose or result.outcome not in ("right", "refused"):
            print(report.line(result), flush=True)
    print(
        f"\n{report.tables(results)}\n\n{len(results)} cases in {time.monotonic() - started:.0f} s, seed {options.seed}"
    )
    if options.json:
        options.json.write_text(json.dumps([dataclasses.asdict(result) for result in results], indent=1) + "\n")
    if options.markdown:
        options.markdown.write_text(f"{report.tables(results)}\n\n{report.kinds(results)}\n")
    sys.exit(1 if failures(results, options) else 0)


def failures(results, options):
    """Prints what fails the run."""
    if options.spoil:
        lines = [report.line(result) for result in results if result.outcome == "right"]
        lines = lines or ([] if any(result.outcome == "wrong" for result in results) else ["no case is wrong"])
    else:
        lines = [report.line(result) for result in results if result.outcome == "crashed"]
    if options.seed == right.SEED and not options.export and not options.spoil:
        lines += [report.line(result) for result in results if result.outcome == "untrained"]
        listed = right.read()
        lines += right.lost(results, listed)
        if options.accept:
            right.write(right.gained(results, listed))
        else:
            lines += right.unlisted(results, listed)
    for text in lines:
        print(f"FAILED  {text}", file=sys.stderr)
    return lines


if __name__ == "__main__":
    main()
