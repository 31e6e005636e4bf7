"""The commands of mlpack that ask servers, over TLS, with a certificate of their own.

    tls_clients.py FOLDER FILES     FOLDER has the executables, FILES what Tests/support/tls makes
"""
import json
import subprocess
import sys

from tls_server import Server

BIN, FILES = sys.argv[1:]
OWN = ["--ca-file", f"{FILES}/ca.crt", "--cert", f"{FILES}/client.crt", "--key", f"{FILES}/client.key"]
OTHER = ["--ca-file", f"{FILES}/ca.crt", "--cert", f"{FILES}/other.crt", "--key", f"{FILES}/other.key"]
NONE = ["--ca-file", f"{FILES}/ca.crt"]


def mlpack(*words):
    result = subprocess.run([f"{BIN}/mlpack", *words], capture_output=True, text=True, timeout=300)
    return result.returncode, result.stdout, result.stderr


def check_predict(address):
    """An answer for those alone who have a certificate of the authority."""
    question = ["predict", address, "--model", "linear", "--input", "X=[[1,2,3,4]]", "--json"]
    status, answer, errors = mlpack(*question, *OWN)
    assert status == 0, errors
    values = json.loads(answer)
    assert "Y" in json.dumps(values), values
    for certificates in [OTHER, NONE]:
        status, _, errors = mlpack(*question, *certificates)
        assert status != 0 and address.split("//")[1] in errors, (status, errors)
    status, _, errors = mlpack(*question, "--cert", f"{FILES}/client.crt", "--key", f"{FILES}/client.key")
    assert status != 0 and "certificate" in errors, (status, errors)


def check_bench(address):
    """Answers under load, none of which is lost."""
    load = ["bench", "serve", address, "--model", "linear", "--shape", "X=2x4", "--duration", "0.5", "--warm-up", "0.1"]
    for loop in [["--concurrency", "4"], ["--rate", "200"]]:
        status, figures, errors = mlpack(*load, *loop, "--json", *OWN)
        assert status == 0, errors
        result, = json.loads(figures)
        assert result["answered"] == result["requests"] > 50 and not result["errors"], result
    status, _, errors = mlpack(*load, *NONE)
    assert status != 0 and errors, (status, errors)


def check_conformance():
    """Every case of the protocol."""
    models = f"{FILES}/models"
    status, _, errors = mlpack("conformance", "--write-models", models)
    assert status == 0, errors
    server = Server(f"{BIN}/mlpack-serve", FILES, "--tls-client-ca", f"{FILES}/ca.crt", model=models)
    addresses = ["--server", server.http, "--grpc", "grpcs://%s:%d" % server.address("grpc")]
    status, report, errors = mlpack("conformance", *addresses, *OWN)
    failed = [line for line in report.splitlines() if not line.endswith("  pass")]
    assert status == 0, (failed, errors)
    assert " passed, 0 failed, 0 failed that are not required, 0 skipped" in failed[0], failed
    server.end()
    return failed[0]


server = Server(f"{BIN}/mlpack-serve", FILES, "--tls-client-ca", f"{FILES}/ca.crt")
for address in [server.http, "grpcs://%s:%d" % server.address("grpc")]:
    check_predict(address)
    check_bench(address)
server.end()
print(f"mlpack predict, bench serve and conformance over TLS: {check_conformance()}")
