"""Writes Sources/ServingHTTP/OpenAPI/open-inference.json, what the server's /openapi.json is made from.

    open-inference.py          writes the file
    open-inference.py --check  compares it, and exits with 1 when it is not what open-inference.yaml gives

It is open-inference.yaml as JSON, with the paths of dialects.yaml behind its own, and without the examples, which are those
of other servers' models.
"""
import json
import pathlib
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent / "Sources/ServingHTTP/OpenAPI/open-inference.json"


def plain(value):
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key not in ("example", "examples")}
    if isinstance(value, str):
        return value.removeprefix("open-inference.yaml")
    return [plain(inner) for inner in value] if isinstance(value, list) else value


document = yaml.safe_load((HERE / "open-inference.yaml").read_text())
wanted = {key: plain(document[key]) for key in ("info", "paths", "components")}
dialects = yaml.safe_load((HERE / "dialects.yaml").read_text())
wanted["paths"] |= plain(dialects["paths"])
for kind, named in dialects["components"].items():
    wanted["components"][kind] |= plain(named)
text = json.dumps(wanted, ensure_ascii=False, separators=(",", ":")) + "\n"
if "--check" not in sys.argv:
    TARGET.write_text(text)
elif TARGET.read_text() != text:
    sys.exit(f"error: `{TARGET.name}` is not what schemas/open-inference.py writes")
