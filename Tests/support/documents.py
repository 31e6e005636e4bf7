"""Holds documents of images against the schemas and the tools of the projects that made their forms.

    documents.py FILE…

SPDX documents against spdx-tools, CycloneDX against the project's strict JSON schema, statements and SLSA provenance
against in-toto's own types, package names against packageurl-python. Prints one line for each difference, and exits with 1 when there is one.
"""
import json
import pathlib
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from packageurl import PackageURL
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

problems = []


def check_url(name, text):
    """The name of a package is read, and written the same again."""
    again = PackageURL.from_string(text).to_string()
    if again != text:
        problems.append(f"{name}: `{text}` is `{again}` to packageurl")


def check_spdx(name, document):
    parsed = JsonLikeDictParser().parse(document)
    for message in validate_full_spdx_document(parsed):
        problems.append(f"{name}: {message.context.element_type}: {message.validation_message}")
    for package in document["packages"]:
        for reference in package.get("externalRefs", []):
            check_url(name, reference["referenceLocator"])


def check_cyclonedx(name, text, document):
    error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
    if error is not None:
        problems.append(f"{name}: {error}")
    references = [part["bom-ref"] for part in document["components"]] + [document["metadata"]["component"]["bom-ref"]]
    if len(set(references)) != len(references):
        problems.append(f"{name}: two parts have the same name")
    for dependency in document["dependencies"]:
        for reference in [dependency["ref"]] + dependency["dependsOn"]:
            if reference not in references:
                problems.append(f"{name}: `{reference}` is no part")
    for part in document["components"]:
        if "purl" in part:
            check_url(name, part["purl"])


def check_statement(name, document):
    """The fields are known, and those that have to be there are."""
    try:
        parsed = json_format.ParseDict(document, statement_pb2.Statement())
        Statement.copy_from_pb(parsed).validate()
        if document["predicateType"] == "https://slsa.dev/provenance/v1":
            provenance = json_format.ParseDict(document["predicate"], provenance_pb2.Provenance())
            definition = provenance.build_definition
            assert definition.build_type and definition.external_parameters and provenance.run_details.builder.id
            for dependency in definition.resolved_dependencies:
                assert len(dependency.digest["sha256"]) == 64, dependency
    except (json_format.ParseError, ValueError, AssertionError) as error:
        problems.append(f"{name}: {error}")


for file in sys.argv[1:]:
    text = pathlib.Path(file).read_text()
    document = json.loads(text)
    if "spdxVersion" in document:
        check_spdx(file, document)
    elif document.get("bomFormat") == "CycloneDX":
        check_cyclonedx(file, text, document)
    elif "_type" in document:
        check_statement(file, document)
    else:
        problems.append(f"{file}: of no known form")
print(*problems, sep="\n")
sys.exit(1 if problems or len(sys.argv) < 2 else 0)
