"""Holds what `mlpack image manifest` prints against the schemas of those who read it.

    manifests.py MLPACK IMAGE

Kubernetes against its OpenAPI schemas (kubernetes-validate, strict), Compose against the schema of the Compose
Specification (check-jsonschema), KServe against the models of its SDK, whose files are read without being run. Prints one
line for each difference, and exits with 1 when there is one.
"""
import ast
import importlib.util
import json
import pathlib
import subprocess
import sys

import check_jsonschema
import jsonschema
import kubernetes_validate
import yaml

mlpack, image = sys.argv[1:]
problems = []


def manifests(*arguments):
    text = subprocess.run([mlpack, "image", "manifest", image, *arguments], check=True, capture_output=True).stdout
    for document in yaml.safe_load_all(text):
        yield document


def check(name, condition):
    if not condition:
        problems.append(name)


def validate_kubernetes(name, document):
    try:
        kubernetes_validate.validate(document, "1.37", strict=True)
    except kubernetes_validate.ValidationError as error:
        problems.append(f"{name}: {error.message}")


def check_pod(name, pod):
    """The pod by itself, and what the profile `restricted` of the Pod Security Standards asks for."""
    validate_kubernetes(name, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": pod})
    check(f"{name}: no seccomp profile", pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault")
    check(f"{name}: may be root", pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0)
    for container in pod["containers"]:
        security = container["securityContext"]
        check(f"{name}: writes", security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"])
        check(f"{name}: capabilities", security["capabilities"] == {"drop": ["ALL"]})
        check(f"{name}: no digest", "@sha256:" in container["image"])


def kserve_model(name):
    """The types and the JSON names of a class of KServe's SDK: the two literals in its file."""
    folder = pathlib.Path(importlib.util.find_spec("kserve").submodule_search_locations[0]) / "models"
    for file in folder.glob("v1*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name == name:
                literals = {
                    item.targets[0].id: ast.literal_eval(item.value) for item in node.body
                    if isinstance(item, ast.Assign)
                    and item.targets[0].id in ("openapi_types", "attribute_map")}
                return {json_name: literals["openapi_types"][key]
                        for key, json_name in literals["attribute_map"].items()}
    return None


def check_kserve(name, value, type_name):
    scalars = {"str": str, "int": int, "bool": bool}
    if type_name in scalars:
        check(f"{name}: `{value}` is no {type_name}", type(value) is scalars[type_name])
        return
    fields = kserve_model(type_name)
    if fields is None:
        return  # A type of Kubernetes, which is checked as such.
    for key, inner in value.items():
        if key in fields:
            check_kserve(f"{name}.{key}", inner, fields[key])
        else:
            problems.append(f"{name}: unknown `{key}`")


options = ["--name", "iris-2", "--replicas", "3", "--cpu", "500m", "--memory", "512Mi"]
for arguments in ([], options, [*options, "--namespace", "models", "--port", "80"]):
    deployment, service = manifests("--kubernetes", *arguments)
    validate_kubernetes("Deployment", deployment)
    validate_kubernetes("Service", service)
    check_pod("Deployment", deployment["spec"]["template"]["spec"])
    labels = deployment["spec"]["template"]["metadata"]["labels"].items()
    check("the Deployment selects its pods", deployment["spec"]["selector"]["matchLabels"].items() <= labels)
    check("the Service selects the pods", service["spec"]["selector"].items() <= labels)

for arguments in ([], options, [*options, "--namespace", "models"]):
    (custom,) = manifests("--kserve", *arguments)
    check_kserve("InferenceService", custom, "V1beta1InferenceService")
    predictor = dict(custom["spec"]["predictor"])
    predictor.pop("minReplicas")
    check_pod("predictor", predictor)
    (modelcar,) = manifests("--kserve", "--modelcar", *arguments)
    check_kserve("InferenceService", modelcar, "V1beta1InferenceService")
    check("a modelcar by its digest", "@sha256:" in modelcar["spec"]["predictor"]["model"]["storageUri"])

folder = pathlib.Path(check_jsonschema.__file__).parent / "builtin_schemas/vendor"
schema = json.loads((folder / "compose-spec.json").read_text())
for arguments in ([], options, [*options[:2], "--port", "80", "--memory", "1.5G", "--cpu", "2000m"]):
    (project,) = manifests("--compose", *arguments)
    for error in jsonschema.validators.validator_for(schema)(schema).iter_errors(project):
        problems.append(f"compose: {error.json_path}: {error.message}")

print(*problems, sep="\n")
sys.exit(1 if problems else 0)
