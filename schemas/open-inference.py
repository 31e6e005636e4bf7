"""Writes Sources/ServingHTTP/OpenAPI/open-inference.json, what the server's /openapi.json is made from.

    open-inference.py          writes the file
    open-inference.py --check  compares it, and exits with 1 when it is not what open-inference.yaml gives

It is open-inference.yaml as JSON, without the examples, which are those of another server's models.
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
    return [plain(inner) for inner in value] if isinstance(value, list) else value


document = yaml.safe_load((HERE / "open-inference.yaml").read_text())
wanted = {key: plain(document[key]) for key in ("info", "paths", "components")}
text = json.dumps(wanted, ensure_ascii=False, separators=(",", ":")) + "\n"
if "--check" not in sys.argv:
    TARGET.write_text(text)
elif TARGET.read_text() != text:
    sys.exit(f"error: `{TARGET.name}` is not what schemas/open-inference.py writes")
