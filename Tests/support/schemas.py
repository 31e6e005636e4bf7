"""Holds schemas/ against what they describe: the curated environments, and the parser that mlpack reads them with.

    schemas.py MLPACK

Every environment of images/ is valid; a key that the schema does not know is refused by the schema and by mlpack; the
OpenAPI documents are valid. Prints one line for each difference, and exits with 1 when there is one.
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
import openapi_spec_validator
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
schema = json.loads((ROOT / "schemas/environment.schema.json").read_text())
validator = jsonschema.validators.validator_for(schema)(schema)
validator.check_schema(schema)
problems = []


def accepts(manifest):
    """Whether mlpack reads the manifest; the lock is none of it, so the command may fail behind the manifest."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder) / manifest["name"]
        place.mkdir()
        (place / "environment.yaml").write_text(yaml.safe_dump(manifest, sort_keys=False))
        shown = subprocess.run(
            [sys.argv[1], "environment", "show", manifest["name"], "--environments-dir", folder],
            capture_output=True, text=True)
        return "unknown key" not in shown.stderr


def mappings(value, path=()):
    """The paths of all mappings in a manifest whose keys are fixed."""
    if isinstance(value, dict):
        if path[-1:] not in [("environment",), ("tags",)]:
            yield path
        for key, inner in value.items():
            yield from mappings(inner, path + (key,))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from mappings(inner, path + (index,))


count = 0
for file in sorted(ROOT.glob("images/*/environment.yaml")):
    manifest = yaml.safe_load(file.read_text())
    for error in validator.iter_errors(manifest):
        problems.append(f"{file.relative_to(ROOT)}: {error.json_path}: {error.message}")
    if not accepts(manifest):
        problems.append(f"{file.relative_to(ROOT)}: mlpack knows a key less than the schema")
    for path in mappings(manifest):
        damaged = copy.deepcopy(manifest)
        target = damaged
        for step in path:
            target = target[step]
        target["no-such-key"] = 1
        count += 1
        if validator.is_valid(damaged):
            problems.append(f"{file.relative_to(ROOT)}: the schema takes an unknown key at {path}")
        if accepts(damaged):
            problems.append(f"{file.relative_to(ROOT)}: mlpack takes an unknown key at {path}")

for name in ["open-inference", "dialects"]:
    place = ROOT / f"schemas/{name}.yaml"
    openapi_spec_validator.validate(yaml.safe_load(place.read_text()), base_uri=place.as_uri())
print(*problems, sep="\n")
print(f"{count} unknown keys tried, {len(problems)} differences")
sys.exit(1 if problems or count == 0 else 0)
