"""Accuracy of each precision on trained weights; fails where one loses more than its bound. `run` calls it."""

import argparse
import pathlib
import sys

import digits
import sentences
from precisions import Executable

SUITES = {"digits": digits, "sentences": sentences}
FOLDER = pathlib.Path(".build/accuracy")


def arguments():
    parser = argparse.ArgumentParser(prog="Tests/Accuracy/run", description=__doc__)
    parser.add_argument("--mlpack", metavar="PATH", default=".build/release/mlpack", help="the executable")
    parser.add_argument("--only", choices=sorted(SUITES), help="one of the suites")
    parser.add_argument("--markdown", metavar="FILE", type=pathlib.Path, help="write the table")
    return parser.parse_args()


def main():
    options = arguments()
    mlpack = Executable(options.mlpack, FOLDER)
    rows = []
    for name, suite in SUITES.items():
        if options.only in (None, name):
            for row in suite.rows(mlpack, FOLDER):
                print(row.text, flush=True)
                rows.append(row)
    if options.markdown:
        lines = ["| model | measure | fp32 | computed as | there | lost | bound |", "|---|---|--:|---|--:|--:|--:|"]
        options.markdown.write_text("\n".join(lines + [row.markdown for row in rows]) + "\n")
    failed = [row for row in rows if not row.passes]
    for row in failed:
        print(f"FAILED  {row.text}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
