"""Clients of others over TLS, with keys and with certificates of their own.

    tls_check.py SERVER FOLDER      SERVER is the executable, FOLDER has the files that Tests/support/tls makes
"""
import json
import shutil
import subprocess
import sys

import grpc
import numpy as np
import tritonclient.grpc
import tritonclient.http

from tls_server import Server

EXECUTABLE, FOLDER = sys.argv[1:]
X = np.arange(4, dtype=np.float32).reshape(1, 4)
CA = f"{FOLDER}/ca.crt"
SERVICE = "/inference.GRPCInferenceService/"
STREAM, INFER, METADATA, LIVE = (
    SERVICE + name for name in ["ModelStreamInfer", "ModelInfer", "ServerMetadata", "ServerLive"]
)


def contents(name):
    with open(f"{FOLDER}/{name}", "rb") as file:
        return file.read()


def run(*words, stdin=""):
    result = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=30)
    return result.returncode, result.stdout + result.stderr


def check_openssl(server):
    """Versions, ciphers and ALPN, as OpenSSL's client sees them."""
    host, port = server.address()
    to = f"{host}:{port}"
    for version, protocol in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")]:
        status, text = run("openssl", "s_client", "-connect", to, version, "-CAfile", CA, "-alpn", "h2,http/1.1",
                           "-verify_return_error")
        assert status == 0 and f"New, {protocol}" in text and "ALPN protocol: h2" in text, text
    grpc_to = "%s:%d" % server.address("grpc")
    assert "ALPN protocol: h2" in run("openssl", "s_client", "-connect", grpc_to, "-alpn", "http/1.1,h2")[1]
    for old in ["-tls1", "-tls1_1"]:
        status, text = run("openssl", "s_client", "-connect", to, old, "-cipher", "ALL:@SECLEVEL=0")
        assert status != 0 and "alert protocol version" in text, text
    for cipher in ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256"]:
        status, text = run("openssl", "s_client", "-connect", to, "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")
        assert status != 0 and "alert handshake failure" in text, text


def check_curl(server):
    """Keys for groups of calls, over HTTP/1.1 and HTTP/2."""
    load = "/v2/repository/models/linear/load"
    asked = [
        ("GET", "/v2/health/ready", None, 200), ("GET", "/v2", None, 401), ("GET", "/v2", "wrong-key-00000000", 401),
        ("GET", "/v2", "key-for-both-000001", 200), ("GET", "/v2", "key-for-inference-1", 403),
        ("POST", load, "key-for-both-000001", 403), ("POST", load, "key-of-the-admin-01", 200),
        ("POST", load, None, 401),
        ("GET", "/v2/models/linear/ready", "key-for-both-000001", 200), ("GET", "/nothing", None, 404),
    ]
    for version in ["1.1", "2"]:
        for method, path, key, expected in asked:
            fields = ["-H", f"authorization: Bearer {key}"] if key else []
            status, text = run(
                "curl", "-sS", f"--http{version}", "--cacert", CA, "-X", method, *fields, "-o", "/dev/null", "-D", "-",
                "-w", "%{http_code} %{http_version}", server.http + path,
            )
            assert text.endswith(f"{expected} {version}"), (method, path, key, text)
            assert ("www-authenticate: Bearer" in text) == (expected in [401, 403]), text
    assert run("curl", "-sS", server.metrics + "/metrics")[0] == 0
    both = [f"authorization: Bearer {key}" for key in ["key-for-both-000001", "key-for-both-000001"]]
    assert server.ask("/v2", both[0]) == 200 and server.ask("/v2", *both) == 401


def code(call, *arguments, **options):
    try:
        answers = call(*arguments, timeout=10, **options)
        if not isinstance(answers, bytes):
            list(answers)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def check_grpcio(server, credentials, status=grpc.StatusCode):
    """Keys in the metadata of calls."""
    def metadata(key):
        return [("authorization", f"Bearer {key}")]

    with grpc.secure_channel("%s:%d" % server.address("grpc"), credentials) as channel:
        assert code(channel.unary_unary(LIVE), b"") == status.OK
        call = channel.unary_unary(METADATA)
        assert code(call, b"") == status.UNAUTHENTICATED
        assert code(call, b"", metadata=metadata("key-for-inference-1")) == status.PERMISSION_DENIED
        assert code(call, b"", metadata=metadata("key-for-both-000001")) == status.OK
        assert code(call, b"", metadata=metadata("key-for-both-000001") * 2) == status.UNAUTHENTICATED
        assert code(channel.unary_unary(INFER), b"x" * 100_000) == status.UNAUTHENTICATED
        stream = channel.stream_stream(STREAM)
        assert code(stream, iter([b""] * 10)) == status.UNAUTHENTICATED
        assert code(stream, iter([b""]), metadata=metadata("key-of-the-admin-01")) == status.PERMISSION_DENIED
        assert code(stream, iter([b""]), metadata=metadata("key-for-inference-1")) == status.OK
        assert code(channel.unary_unary("/a.b/C"), b"") == status.UNAUTHENTICATED
        unknown = channel.unary_unary("/a.b/C")
        assert code(unknown, b"", metadata=metadata("key-of-the-admin-01")) == status.UNIMPLEMENTED


def infer(module, client, headers):
    tensor = module.InferInput("X", [1, 4], "FP32")
    tensor.set_data_from_numpy(X)
    assert client.infer("linear", [tensor], headers=dict(headers)).as_numpy("Y").shape == (1, 3)


def check_tritonclient(server, client=None):
    """An inference over HTTP and over gRPC."""
    headers = {"authorization": "Bearer key-for-inference-1"}
    context = lambda: server.context(client)
    http = tritonclient.http.InferenceServerClient(
        "localhost:%d" % server.address()[1], ssl=True, ssl_context_factory=context
    )
    infer(tritonclient.http, http, headers)
    http.close()
    own = {"private_key": f"{FOLDER}/{client}.key", "certificate_chain": f"{FOLDER}/{client}.crt"} if client else {}
    address = "localhost:%d" % server.address("grpc")[1]
    with tritonclient.grpc.InferenceServerClient(address, ssl=True, root_certificates=CA, **own) as client:
        infer(tritonclient.grpc, client, headers)


def check_cors(server):
    """What a browser asks before it calls, and what it reads of a refusal."""
    def ask(origin, *fields):
        return run("curl", "-sS", "--cacert", CA, "-D", "-", "-H", f"origin: {origin}", *fields, server.http + "/v2")[1]

    preflight = ["-X", "OPTIONS", "-H", "access-control-request-method: GET"]
    assert "access-control-allow-origin: https://a.example" in ask("https://a.example", *preflight)
    assert " 401" in ask("https://a.example") and "access-control-allow-origin" in ask("https://a.example")
    assert "access-control" not in ask("https://b.example", *preflight) + ask("https://b.example")


def check_reload(server):
    """New files on SIGHUP, and broken ones that change nothing."""
    shutil.copy(f"{FOLDER}/other.crt", f"{FOLDER}/server.crt")
    server.reload("the key is another one")
    assert server.ask() == 200
    shutil.copy(f"{FOLDER}/other.key", f"{FOLDER}/server.key")
    server.reload("reloaded: certificate and key")
    status, text = run("curl", "-sS", "--cacert", CA, server.http + "/v2/health/live")
    assert status == 60, text
    assert run("curl", "-sS", "--cacert", f"{FOLDER}/other.crt", server.http + "/v2/health/live")[0] == 0
    with open(f"{FOLDER}/keys", "a") as file:
        file.write("metadata: one-more-key-00001\nbroken\n")
    server.reload("the line has no colon")
    curl = ["curl", "-sS", "--insecure", "-o", "/dev/null", "-w", "%{http_code}", server.http + "/v2"]
    assert run(*curl, "-H", "authorization: Bearer one-more-key-00001")[1] == "401"
    with open(f"{FOLDER}/keys", "w") as file:
        file.write("metadata: one-more-key-00001\n")
    server.reload("reloaded: keys")
    assert run(*curl, "-H", "authorization: Bearer one-more-key-00001")[1] == "200"
    assert run(*curl, "-H", "authorization: Bearer key-for-both-000001")[1] == "401"


def check_client_certificates(server):
    """Those alone who have a certificate of the authority."""
    check_tritonclient(server, "client")
    own = contents("client.key"), contents("client.crt")
    check_grpcio(server, grpc.ssl_channel_credentials(contents("ca.crt"), *own))
    none = grpc.ssl_channel_credentials(contents("ca.crt"))
    with grpc.secure_channel("%s:%d" % server.address("grpc"), none) as channel:
        assert code(channel.unary_unary(LIVE), b"") == grpc.StatusCode.UNAVAILABLE
    own = ["--cert", f"{FOLDER}/client.crt", "--key", f"{FOLDER}/client.key"]
    other = ["--cert", f"{FOLDER}/other.crt", "--key", f"{FOLDER}/other.key"]
    ready = server.http + "/v2/health/ready"
    for version in ["--tls-max=1.2", "--tlsv1.3"]:
        options = ["curl", "-sS", "--cacert", CA, *version.split("=")]
        assert run(*options, *own, ready)[0] == 0
        assert run(*options, *other, ready)[0] != 0 and run(*options, ready)[0] != 0
    probe = [EXECUTABLE, "probe", ready, "--ca", CA]
    assert run(*probe)[0] == 1
    assert run(*probe, "--certificate", f"{FOLDER}/client.crt", "--key", f"{FOLDER}/client.key") == (0, "")
    check_resumption(server)


def check_resumption(server):
    """A session that is taken up again is one of a client that was asked for its certificate."""
    to = "%s:%d" % server.address()
    own = ["-cert", f"{FOLDER}/client.crt", "-key", f"{FOLDER}/client.key", "-CAfile", CA]
    request = "GET /v2/health/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    for version in ["-tls1_2", "-tls1_3"]:
        words = ["openssl", "s_client", "-connect", to, version, "-quiet", "-ign_eof", *own]
        for session in ["-sess_out", "-sess_in"]:
            status, text = run(*words, session, f"{FOLDER}/session", stdin=request)
            assert "HTTP/1.1 200 OK" in text, (version, session, text)


def check_probe(server):
    ready = server.http + "/v2/health/ready"
    assert run(EXECUTABLE, "probe", ready, "--ca", CA) == (0, "")
    assert run(EXECUTABLE, "probe", ready, "--insecure") == (0, "")
    status, text = run(EXECUTABLE, "probe", ready)
    assert status == 1 and "TLS" in text, text
    status, text = run(EXECUTABLE, "probe", ready.replace("https", "http"))
    assert status == 1, text


def check_log():
    """Calls over TLS in the access log with their ids, those with another key among them, and what is counted of these."""
    log = f"{FOLDER}/access.log"
    server = Server(EXECUTABLE, FOLDER, "--keys", f"{FOLDER}/keys", "--access-log", log)
    for version in ["1.1", "2"]:
        for key in ["key-for-both-000001", "key-for-inference-1", "wrong-key-00000000"]:
            status, text = run("curl", "-sS", f"--http{version}", "--cacert", CA, "-H", f"x-request-id: {key[:8]}", "-H",
                               f"authorization: Bearer {key}", "-D", "-", server.http + "/v2")
            assert f"x-request-id: {key[:8]}" in text.lower(), text
    with grpc.secure_channel("%s:%d" % server.address("grpc"), grpc.ssl_channel_credentials(contents("ca.crt"))) as channel:
        assert code(channel.unary_unary(METADATA), b"") == grpc.StatusCode.UNAUTHENTICATED
    text = run("curl", "-sS", server.metrics + "/metrics")[1]
    assert 'mlpack_requests_refused_total{reason="key"} 5' in text, text
    server.end()
    with open(log) as file:
        lines = [json.loads(line) for line in file]
    assert [line["status"] for line in lines] == [200, 403, 401] * 2 + [200, 200], lines
    assert [line["request_id"] for line in lines[:3]] == ["key-for-", "key-for-", "wrong-ke"], lines
    assert lines[6]["grpc_status"] == 16 and all(line["peer"].startswith("127.0.0.1:") for line in lines), lines
    assert "wrong-key-00000000" not in json.dumps(lines)


check_log()
server = Server(EXECUTABLE, FOLDER, "--keys", f"{FOLDER}/keys", "--tls-client-ca", CA)
check_client_certificates(server)
server.end()
server = Server(EXECUTABLE, FOLDER, "--keys", f"{FOLDER}/keys", "--cors-origin", "https://a.example", "--tls-metrics")
assert server.metrics.startswith("https://")
assert run("curl", "-sS", "--cacert", CA, server.metrics + "/metrics")[0] == 0
server.end()
for name in ["server.crt", "server.key", "keys"]:
    shutil.copy(f"{FOLDER}/{name}", f"{FOLDER}/{name}.kept")
server = Server(EXECUTABLE, FOLDER, "--keys", f"{FOLDER}/keys", "--cors-origin", "https://a.example")
check_openssl(server)
check_curl(server)
check_grpcio(server, grpc.ssl_channel_credentials(contents("ca.crt")))
check_tritonclient(server)
check_cors(server)
check_probe(server)
check_reload(server)
server.end()
for name in ["server.crt", "server.key", "keys"]:
    shutil.move(f"{FOLDER}/{name}.kept", f"{FOLDER}/{name}")
print("OpenSSL, curl, grpcio and tritonclient over TLS, with keys and certificates: ok")
