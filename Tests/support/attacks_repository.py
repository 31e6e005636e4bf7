"""The repository: names that are paths, models in requests, storms, and what ends up in metrics. D1 to D3, D7, D9."""
import base64
import json
import os
import re
import shutil
import threading
from urllib.parse import quote

from attacks_grpc import INVALID, NOT_FOUND, PRECONDITION, UNIMPLEMENTED, call, message
from attacks_server import GOOD, MODELS, Server, attack, folder
from attacks_wire import Reader, ask, expect, infer, request, send
from tritonclient.grpc import service_pb2

OPTIONS = ["--idle-timeout", "2", "--receive-timeout", "1", "--max-body", str(64 << 20), "--model-control", "explicit"]


def repository(server, name, action, body=b"{}", *fields):
    return ask(server, "POST", f"/v2/repository/models/{name}/{action}", body, *fields)


def index(server):
    return ask(server, "POST", "/v2/repository/index").json()


@attack("D1 names of models that are paths, or no names")
def names(server):
    before = index(server)
    for name in [
        "..", ".", "..%2f", "..%2F..%2f..%2fetc%2fpasswd", "%252e%252e%252f", "%2e%2e%2flinear", "%2fetc%2fpasswd",
        "linear%2f1", "linear%2f..%2flinear", "linear.onnx", "linear%00",
        "..%5c", "linear%20", "%20linear", "LINEAR", "a" * 256, "a" * 60_000, quote("línea"), quote("linear\u202e"),
        "%ff", "%c0%af", "%0d%0a", "*", "~", "$HOME", "-", "%25", "linear;",
    ]:
        for action in ["load", "unload"]:
            expect(repository(server, name, action), [400, 404], None, f"{action} {name[:40]}")
        expect(ask(server, "GET", f"/v2/models/{name}"), [400, 404], None, f"metadata of {name[:40]}")
        expect(ask(server, "GET", f"/v2/models/linear/versions/{name}"), [400, 404], None, f"version {name[:40]}")
    for name in ["../linear", "/etc/passwd", "linear\0", "a" * 10_000, "línea"]:
        body = message(service_pb2.RepositoryModelLoadRequest(model_name=name).SerializeToString())
        assert call(server, body, method="RepositoryModelLoad")[0] in [INVALID, NOT_FOUND], f"gRPC: load {name[:40]}"
    for version in ["-1", "01", "+1", "1.0", "99999999999999999999", "0", "%31%00"]:
        expect(ask(server, "GET", f"/v2/models/linear/versions/{version}"), [400, 404], None, f"version {version}")
    assert index(server) == before, "the index has changed"


@attack("D2 models and settings that a request brings")
def files(server):
    model = open(f"{MODELS}/linear.onnx", "rb").read()
    text = base64.b64encode(model).decode()
    for name, parameters in {
        "settings": {"config": "{}"}, "a file": {"config": "{}", "file:1/model.onnx": text},
        "a path": {"config": "{}", "file:../../x": text}, "a long path": {"file:" + "A" * 256: text},
        "an absolute path": {"file:/tmp/x": text}, "no base64": {"config": "{}", "file:1/model.onnx": "*"},
        "48 MiB": {"config": "{}", "file:1/model.onnx": "A" * (48 << 20)},
    }.items():
        expect(
            repository(server, "linear", "load", json.dumps({"parameters": parameters}).encode()), [400, 501],
            "not supported", name,
        )
    load = service_pb2.RepositoryModelLoadRequest(model_name="linear")
    load.parameters["file:1/model.onnx"].bytes_param = model
    status = call(server, message(load.SerializeToString()), method="RepositoryModelLoad")
    assert status[0] in [INVALID, UNIMPLEMENTED], f"gRPC: a file: {status}"
    for body in [b"[]", b"1", b"{", b'{"parameters":[]}', b'{"parameters":1}', b"\xff", b"{}{}"]:
        expect(repository(server, "linear", "load", body), 400, None, f"{body}")
    expect(ask(server, "POST", "/v2/repository/index", b'{"ready":1}'), 400, None, "ready of another type")


@attack("D3 loads and unloads of one model at a time, under traffic")
def storm(server):
    wrongs, stop = [], threading.Event()

    def use(model, statuses):
        with server.connect() as connection:
            reader = Reader(connection)
            name = "X" if model == "linear" else "in"
            body = GOOD if model == "linear" else GOOD.replace(b'"X"', b'"in"').replace(b'"Y"', b'"out"')
            while not stop.is_set():
                send(connection, request("POST", f"/v2/models/{model}/infer", body))
                answer = reader.answer()
                if answer.status not in statuses:
                    wrongs.append(f"{model} ({name}): {answer}")

    def control(model, actions, count):
        for number in range(count):
            answer = repository(server, model, actions[number % len(actions)])
            if answer.status not in [200, 404, 503] or (len(actions) == 1 and answer.status != 200):
                wrongs.append(f"{actions[number % len(actions)]} of {model}: {answer}")
    users = [
        threading.Thread(target=use, args=arguments) for arguments in [
            ("linear", [200]), ("linear", [200]), ("echo_FP32", [200, 404]),
        ]
    ]
    storms = [
        threading.Thread(target=control, args=arguments)
        for arguments in [
            ("linear", ["load"], 150), ("echo_FP32", ["load", "unload"], 150), ("echo_FP32", ["unload", "load"], 150),
            ("nope", ["load", "unload"], 50),
        ]
    ]
    for thread in users + storms:
        thread.start()
    for thread in storms:
        thread.join()
    stop.set()
    for thread in users:
        thread.join()
    assert not wrongs, f"{len(wrongs)} wrong answers, such as {wrongs[0]}"
    expect(repository(server, "echo_FP32", "load"), 200, None, "the load after the storm")


@attack("D7 loads and unloads that nobody may ask for")
def not_controlled(server):
    own = Server(server.executable)
    try:
        for action in ["load", "unload"]:
            for fields in [
                [], ["Authorization: Bearer x"], ["X-HTTP-Method-Override: GET"], ["x-api-key: a", "X-API-KEY: b"],
            ]:
                expect(
                    repository(own, "linear", action, b"{}", *fields), [400, 401, 403],
                    "not loaded and unloaded by request", action,
                )
            for path in [
                f"/v2/repository/models/linear/{action}/", f"/v2/repository//models/linear/{action}",
                f"/v2/repository/models/linear/{action.upper()}", f"/V2/repository/models/linear/{action}",
            ]:
                expect(ask(own, "POST", path, b"{}"), [400, 401, 403, 404], None, path)
            expect(ask(own, "GET", f"/v2/repository/models/linear/{action}"), 405, None, f"GET {action}")
            name = action.capitalize()
            body = getattr(service_pb2, f"RepositoryModel{name}Request")(model_name="linear").SerializeToString()
            status = call(own, message(body), method=f"RepositoryModel{name}")
            assert status[0] == PRECONDITION or status[0] == 7, f"gRPC: {action}: {status}"
        assert {entry["state"] for entry in index(own)} == {"READY"}, "the index is readable, and every model is there"
        own.check()
    finally:
        own.kill()


@attack("D9 names in metrics: no lines and labels of their own, none of models that there are not")
def metrics(server):
    models = folder()
    odd = ['a"b', "a{b}", "a,b=1", "é", "a b"] + ["a\nb 1", "a\\b"]
    for name in odd:
        shutil.copy(f"{MODELS}/linear.onnx", os.path.join(models, f"{name}.onnx"))
    own = Server(server.executable, models)
    try:
        for name in odd:
            expect(infer(own, quote(name), GOOD), 200, None, name)
        first = ask(own, "GET", "/metrics", interface="metrics").body.decode()
        for number in range(300):
            expect(infer(own, f"nope{number}", GOOD), 404, None)
            expect(infer(own, f"linear/versions/{number + 2}", GOOD), 404, None)
        text = ask(own, "GET", "/metrics", interface="metrics").body.decode()
        assert text.count("\n") == first.count("\n"), "requests for models that there are not add lines"
        label = r'[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"'
        line = re.compile(rf"(# (HELP|TYPE) .*|[a-zA-Z_:][\w:]*(\{{{label}(,{label})*\}})? [-+\d.eEInfNa]+)?")
        for row in text.split("\n"):
            assert line.fullmatch(row), f"no line of Prometheus: {row[:200]!r}"
        for name in ['a\\"b', "a\\nb 1", "a\\\\b"]:
            assert f'model="{name}"' in text, f"no metrics of {name}"
        own.check()
    finally:
        own.kill()
