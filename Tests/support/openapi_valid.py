"""Whether the documents that a running server makes of its models are valid, and their examples fit their schemas.

    openapi_valid.py URL
"""
import json
import sys
import urllib.error
import urllib.request

import jsonschema
import openapi_spec_validator

URL = sys.argv[1]


def get(path, accept="*/*"):
    with urllib.request.urlopen(urllib.request.Request(URL + path, headers={"accept": accept})) as answer:
        return json.load(answer)


for query in ["", "?version=2", "?version=2.0", "?version=3", "?version=3.0", "?version=3.1"]:
    openapi_spec_validator.validate(get("/swagger.json" + query))
assert get("/swagger.json")["swagger"] == "2.0"

document = get("/openapi.json")
openapi_spec_validator.validate(document)
names = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
assert len(names) == sum(len(path) for path in document["paths"].values()), "two operations have one id"

examples = 0
for path, operations in document["paths"].items():
    content = operations.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" not in content:
        continue
    schema = {**content["schema"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(content["example"])
    request = urllib.request.Request(URL + path, data=json.dumps(content["example"]).encode())
    with urllib.request.urlopen(request) as answer:
        said = json.load(answer)
    schema = operations["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(said)
    examples += 1
assert examples == 7, examples

index = {(entry["name"], entry["version"]) for entry in json.load(urllib.request.urlopen(
    urllib.request.Request(URL + "/v2/repository/index", data=b"")))}
told = {operation.get("x-model") for path in document["paths"].values() for operation in path.values()} - {None}
assert told == {name for name, _ in index}, told
print(f"ok {len(document['paths'])} paths, {examples} examples")
