"""Holds schemas/model.schema.json against the manifests that the server takes, and the example of docs/models.md against both.

    model_manifests.py SERVER

The example is valid and served; a key that the schema does not know is refused by the schema and by the server, in every
mapping whose keys are fixed; so is every value of a list that is damaged. Prints one line for each difference, and exits with
1 when there is one.
"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import onnx
import yaml
from onnx import TensorProto, helper

ROOT = pathlib.Path(__file__).resolve().parents[2]
FREE = {"labels", "weights", "inputs"}
DAMAGE = {
    "versions": ["some", [], {"latest": 0}, ["01"], 1],
    "labels": [{"1x": 1}, {"a": []}, {"a": "b"}],
    "traffic": [{"weights": {"4": -1}}, {"sticky-header": "a b"}, {"weights": {"4": 10001}}],
    "shadow": [{"percent": 1}, {"version": 4, "percent": 101}, {"version": 4, "percent": 1.234}],
    "batching": [{"max-rows": 0}, {"max-delay": 5}, {"max-delay": "5"}, {"preferred-rows": [0]}],
    "instances": [0, 1025, "two"],
    "priorities": [{}, {"levels": 0}],
    "limits": [{"memory": "1kB"}, {"rows": 0}, {"timeout": 1}],
    "warm-up": [{}, [{"runs": 0}], [{"inputs": {"x": {"values": [1], "file": "a"}}}], [{"inputs": {"x": {"shape": [-1]}}}]],
    "classes": [1.5, [[1]]],
}


def model():
    """`p`, the class scores of `x`; `y` and `z` have no part in them."""
    def info(name, shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    nodes = [helper.make_node("Add", ["y", "z"], ["s"]), helper.make_node("Mul", ["x", "s"], ["p"])]
    graph = helper.make_graph(nodes, "m", [info("x", ["N", 3]), info("y", [3]), info("z", [3])], [info("p", ["N", 3])])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def fixed_mappings(value, path=()):
    if isinstance(value, dict):
        if path[-1:] not in [(name,) for name in FREE]:
            yield path
        for key, inner in value.items():
            yield from fixed_mappings(inner, path + (key,))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from fixed_mappings(inner, path + (index,))


def main():
    schema = json.loads((ROOT / "schemas/model.schema.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    validator.check_schema(schema)
    example = yaml.safe_load(re.search(r"```yaml\n(.*?)```", (ROOT / "docs/models.md").read_text(), re.S).group(1))
    problems, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder) / "m"
        for version in range(1, 7):
            (home / str(version)).mkdir(parents=True)
            onnx.save(model(), home / str(version) / "model.onnx")
        (home / "samples").mkdir()
        (home / "samples/z.bin").write_bytes(bytes(12))

        def refusal(manifest):
            """What the server says of a manifest; nothing when it serves."""
            (home / "model.yaml").write_text(yaml.safe_dump(manifest, sort_keys=False))
            command = [sys.argv[1], home, "--host", "127.0.0.1", "--http-port", "auto", "--json"]
            with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
                line = server.stderr.readline()
                server.kill()
            return None if line.startswith("{") else line

        def expect_refusal(manifest, what):
            nonlocal count
            count += 1
            if validator.is_valid(manifest):
                problems.append(f"the schema takes {what}")
            if refusal(manifest) is None:
                problems.append(f"the server takes {what}")

        for error in validator.iter_errors(example):
            problems.append(f"the example: {error.json_path}: {error.message}")
        if said := refusal(example):
            problems.append(f"the example is refused: {said}")
        for path in fixed_mappings(example):
            damaged = copy.deepcopy(example)
            target = damaged
            for step in path:
                target = target[step]
            target["no-such-key"] = 1
            expect_refusal(damaged, f"an unknown key at {path}")
        for key, values in DAMAGE.items():
            for value in values:
                expect_refusal({key: value}, f"{key}: {value}")
    print(*problems, sep="\n")
    print(f"{count} damaged manifests tried, {len(problems)} differences")
    sys.exit(1 if problems or count == 0 else 0)


main()
