"""Holds what the server says of requests against what was asked, and against readers that are not ours."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import numpy as np
import onnx
import tritonclient.grpc as grpcclient
from prometheus_client.parser import text_string_to_metric_families

from observation_collector import Collector, attributes, check_span

MODELS = "Tests/ServingCoreTests/Fixtures/models"
INFER = "/v2/models/linear/infer"
GOOD = b'{"inputs":[{"name":"X","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}]}'
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


class Server:
    """A process that serves the models of the tests."""

    def __init__(self, *options, stdout=subprocess.DEVNULL, models=MODELS, **environment):
        command = [sys.argv[1], models, "--host", "127.0.0.1", "--http-port", "auto", "--json", *options]
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=stdout, env={**os.environ, **environment}
        )
        line = self.process.stderr.readline()
        assert b"ready" in line, line + self.process.stderr.read()
        ready = json.loads(line)
        self.url, self.grpc, self.metrics_url = ready["http"][0], ready["grpc"][0], ready["metrics"][0]

    def ask(self, path=INFER, body=GOOD, **headers):
        """The status, the header fields and the body of an answer."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, data=body, headers=fields)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def raw(self, data):
        """What a connection gets for bytes, until the server closes it."""
        host, port = self.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(data)
            answer = b""
            while chunk := connection.recv(4096):
                answer += chunk
            return answer

    def many(self, request, count):
        """The answers to so many requests of one connection; `request` has a place for more fields."""
        return self.raw(request % b"" * (count - 1) + request % b"connection: close\r\n")

    def metrics(self):
        """The values of all samples by name and labels."""
        with urllib.request.urlopen(self.metrics_url + "/metrics") as answer:
            text = answer.read().decode()
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=20) == 0
        return self.process.stderr.read().decode()


def lines(path):
    """The lines of a log; every one must be JSON in ASCII."""
    with open(path, "rb") as file:
        data = file.read()
    assert data.isascii() and (not data or data.endswith(b"\n")), data[-200:]
    return [json.loads(line) for line in data.splitlines()]


def until(condition):
    """Waits until something is so."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it did not come true within 30 s"
        time.sleep(0.01)


def access_log(folder):
    path = os.path.join(folder, "access.log")
    server = Server("--access-log", path)
    assert os.stat(path).st_mode & 0o137 == 0, "others may read or write the log"
    status, headers, body = server.ask(x_request_id="client-7", user_agent="test/1", traceparent=PARENT)
    assert status == 200 and headers["x-request-id"] == "client-7"
    made = server.ask(x_request_id="two words")[1]["x-request-id"]
    assert len(made) == 32 and int(made, 16) > 0
    assert server.ask(body=b"{")[0] == 400
    assert server.ask("/v2/models/none%0a/infer")[0] == 404
    server.raw(b"POST /x\x1b[31m HTTP/1.1\r\nhost: a\r\n\r\n")
    server.raw(b"GET /v2\r\nInjected: 1 HTTP/1.1\r\n\r\n")
    server.raw(b"GET /v2 HTTP/1.1\r\nhost: a\r\nconnection: close\r\nuser-agent: \xe2\x80\xae\"}\\\xff" + b"a" * 1000 + b"\r\n\r\n")
    server.raw(b"POST /v2 HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999\r\n\r\n")
    client = grpcclient.InferenceServerClient(server.grpc)
    tensor = grpcclient.InferInput("X", [2, 4], "FP32")
    tensor.set_data_from_numpy(np.ones([2, 4], np.float32))
    client.infer("linear", [tensor], headers={"x-request-id": "grpc-7", "traceparent": PARENT})
    try:
        client.infer("none", [tensor])
    except Exception as error:
        assert "none" in str(error)
    client.close()
    until(lambda: len(lines(path)) >= 10)
    found = lines(path)
    first = found[0]
    expected = {
        "protocol": "HTTP/1.1", "method": "POST", "path": INFER, "status": 200, "bytes_in": len(GOOD),
        "bytes_out": len(body), "model": "linear", "version": "1", "request_id": "client-7",
        "trace_id": PARENT.split("-")[1], "user_agent": "test/1",
    }
    assert expected.items() <= first.items(), first
    assert first["peer"].startswith("127.0.0.1:") and time.strptime(first["time"][:19], "%Y-%m-%dT%H:%M:%S")
    parts = [first[name] for name in ("queue_us", "input_us", "compute_us", "output_us")]
    assert all(part >= 0 for part in parts) and sum(parts) <= first["duration_us"] + 4
    assert [line["status"] for line in found[:4]] == [200, 200, 400, 404]
    assert any(line["status"] == 413 for line in found)
    assert all(len(line["user_agent"]) <= 256 for line in found)
    calls = [line for line in found if line["protocol"] == "gRPC"]
    assert [line["grpc_status"] for line in calls] == [0, 5], calls
    assert calls[0]["request_id"] == "grpc-7" and calls[0]["model"] == "linear"
    rotated(server, path)
    server.end()


def rotated(server, path):
    """A file that was moved away is written no further once the server is told."""
    os.rename(path, path + ".1")
    before = len(lines(path + ".1"))
    server.ask()
    until(lambda: len(lines(path + ".1")) == before + 1)
    server.process.send_signal(signal.SIGUSR1)
    until(lambda: os.path.exists(path))
    for _ in range(100):
        server.ask()
    until(lambda: len(lines(path)) == 100)
    assert len(lines(path + ".1")) == before + 1


def standard_output():
    """A log on standard output, which has all its lines when the server ends; and no id where nobody asks."""
    server = Server("--access-log", "-", stdout=subprocess.PIPE)
    for _ in range(50):
        server.ask()
    server.end()
    assert len(server.process.stdout.read().splitlines()) == 50
    server = Server()
    assert "x-request-id" not in server.ask()[1]
    assert server.ask(x_request_id="a")[1]["x-request-id"] == "a"
    assert len(server.ask(x_request_id="a b")[1]["x-request-id"]) == 32
    server.end()


def full_disk(folder):
    """No request fails or waits because a disk is full, or a reader of a pipe asleep; the lines are counted."""
    server = Server("--access-log", "/dev/full")
    for _ in range(20):
        assert server.ask()[0] == 200
    until(lambda: server.metrics()[("mlpack_access_log_lines_dropped_total",)] >= 20)
    server.end()
    pipe = os.path.join(folder, "pipe")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    server = Server("--access-log", pipe)
    dropped = ("mlpack_access_log_lines_dropped_total",)
    for _ in range(200):
        server.many(b"GET /v2/health/live HTTP/1.1\r\nhost: a\r\n%b\r\n", 100)
        if server.metrics()[dropped] > 0:
            break
    assert server.metrics()[dropped] > 0 and server.ask()[0] == 200
    start = time.monotonic()
    server.end()
    assert time.monotonic() - start < 10
    os.close(reader)
    nobody = subprocess.run([sys.argv[1], MODELS, "--access-log", pipe], capture_output=True, text=True)
    assert nobody.returncode == 1 and "opening" in nobody.stderr, nobody


def spans():
    collector = Collector(statuses=[503])
    server = Server(
        "--otlp-endpoint", collector.url, "--trace-rate", "0", OTEL_SERVICE_NAME="iris",
        OTEL_RESOURCE_ATTRIBUTES="deployment.environment.name=test%20bed,service.name=other",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1",
    )
    setting = json.loads(urllib.request.urlopen(server.url + "/v2/trace/setting").read())
    assert setting["trace_level"] == ["TIMESTAMPS"] and setting["url"] == collector.url + "/v1/traces", setting
    server.ask()
    server.ask(traceparent=UNSAMPLED)
    server.ask(traceparent=PARENT, tracestate="congo=t61rcWkgMzE", x_request_id="r1", user_agent="test/1")
    server.ask(body=b"{", traceparent=PARENT)
    client = grpcclient.InferenceServerClient(server.grpc)
    tensor = grpcclient.InferInput("X", [2, 4], "FP32")
    tensor.set_data_from_numpy(np.ones([2, 4], np.float32))
    client.infer("linear", [tensor], headers={"traceparent": PARENT})
    client.close()
    found = collector.spans(11)
    server.end()
    assert len(collector.all()) == 11
    for span in found:
        check_span(span)
        assert span.trace_id.hex() == PARENT.split("-")[1]
    resource = attributes(collector.messages[0].resource_spans[0].resource)
    assert resource["service.name"] == "iris" and resource["deployment.environment.name"] == "test bed", resource
    roots = [span for span in found if span.parent_span_id.hex() == PARENT.split("-")[2]]
    assert [span.name for span in roots] == [
        "POST /v2/models/{model}/infer", "POST /v2/models/{model}/infer", "inference.GRPCInferenceService/ModelInfer"
    ]
    assert all(span.kind == 2 for span in roots) and roots[0].trace_state == "congo=t61rcWkgMzE"
    first, failed, call = (attributes(span) for span in roots)
    expected = {
        "http.request.method": "POST", "http.response.status_code": 200, "http.route": "/v2/models/{model}/infer",
        "url.path": INFER, "url.scheme": "http", "client.address": "127.0.0.1", "user_agent.original": "test/1",
        "network.protocol.version": "1.1", "mlpack.model.name": "linear", "mlpack.request.id": "r1",
    }
    assert expected.items() <= first.items(), first
    assert failed["http.response.status_code"] == 400 and roots[1].status.code == 0
    assert {"rpc.system.name": "grpc", "rpc.response.status_code": "OK"}.items() <= call.items(), call
    for root in (roots[0], roots[2]):
        parts = [span for span in found if span.parent_span_id == root.span_id]
        assert [span.name for span in parts] == ["queue", "input", "compute", "output"]
        times = [time for span in parts for time in (span.start_time_unix_nano, span.end_time_unix_nano)]
        assert times == sorted(times) and times[-1] <= root.end_time_unix_nano
        # A request waits for a thread just after it has arrived.
        assert times[0] >= root.start_time_unix_nano - 1_000_000


def no_collector():
    """Requests are answered while nobody takes their spans, and a server without a collector ends in time."""
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    server = Server(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{free.getsockname()[1]}")
    length = len(GOOD)
    request = b"POST %b HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n%%b\r\n%b" % (INFER.encode(), length, GOOD)
    for _ in range(60):
        assert server.many(request, 100).count(b"HTTP/1.1 200 OK") == 100
    assert server.metrics()[("mlpack_traces_dropped_total",)] > 0
    start = time.monotonic()
    server.end()
    assert time.monotonic() - start < 10
    free.close()


def samples(folder):
    """Some of the requests are kept, in two files of bounded size; their inputs are a request again."""
    path = os.path.join(folder, "samples.jsonl")
    server = Server("--sample-payloads", path, "--sample-rate", "1", "--sample-bytes", "8192")
    status, _, body = server.ask(x_request_id="kept-1")
    until(lambda: os.path.getsize(path))
    assert os.stat(path).st_mode & 0o777 == 0o600
    [kept] = lines(path)
    assert kept["id"] == "kept-1" and kept["model"] == "linear" and kept["version"] == "1" and "cut" not in kept
    assert kept["outputs"] == json.loads(body)["outputs"]
    again = server.ask(body=json.dumps({"inputs": kept["inputs"]}).encode())
    assert json.loads(again[2])["outputs"] == kept["outputs"]
    assert server.ask(body=json.dumps(kept).encode())[0] == 200, "a line is a request, too"
    client = grpcclient.InferenceServerClient(server.grpc)
    tensor = grpcclient.InferInput("X", [500, 4], "FP32")
    tensor.set_data_from_numpy(np.full([500, 4], np.nan, np.float32))
    client.infer("linear", [tensor], headers={"x-request-id": "large"})
    client.close()
    for _ in range(200):
        server.ask()
    server.end()
    sizes = [os.path.getsize(name) for name in (path, path + ".1")]
    assert max(sizes) <= 4096 and min(sizes) > 0, sizes
    assert all(line["inputs"][0]["shape"] == [1, 4] for line in lines(path) + lines(path + ".1"))
    os.remove(path)
    server = Server("--sample-payloads", path, "--sample-rate", "0.1", "--sample-bytes", "10000000")
    client = grpcclient.InferenceServerClient(server.grpc)
    for _ in range(300):
        client.infer("linear", [tensor])
    client.close()
    server.end()
    found = lines(path)
    assert 5 <= len(found) <= 80, len(found)
    assert all(line["cut"] and len(line["inputs"][0]["data"]) == 1024 for line in found)
    assert found[0]["inputs"][0]["shape"] == [500, 4] and found[0]["inputs"][0]["data"][0] == "NaN"
    server = Server("--sample-payloads", "/dev/full", "--sample-rate", "1")
    assert server.ask()[0] == 200
    until(lambda: server.metrics()[("mlpack_samples_dropped_total",)] == 1)
    server.end()


def reference(rows):
    """The metadata of a model, made by NumPy."""
    features = []
    for column in rows.T:
        edges = np.unique(np.quantile(column, np.arange(0.1, 1, 0.1), method="inverted_cdf"))
        counts = np.bincount(np.searchsorted(edges, column), minlength=len(edges) + 1)
        features.append({
            "name": f"f{len(features)}", "count": len(column), "missing": 0, "mean": column.mean(),
            "variance": column.var(ddof=1), "minimum": column.min(), "maximum": column.max(),
            "edges": edges.tolist(), "counts": counts.tolist(),
        })
    return {"version": 1, "inputs": [{"name": "X", "features": features}]}


def drift(folder):
    """What is observed of inputs is what NumPy has of them, and so is the index of stability."""
    generator = np.random.default_rng(1)
    trained = reference(generator.normal(size=[1000, 4]))
    model = onnx.load(f"{MODELS}/linear.onnx")
    onnx.helper.set_model_props(model, {"mlpack.reference": json.dumps(trained)})
    path = os.path.join(folder, "watched.onnx")
    onnx.save(model, path)
    server = Server(models=path)
    rows = generator.normal(size=[500, 4]).astype(np.float32)
    rows[:, 2] += 2
    tensor = grpcclient.InferInput("X", list(rows.shape), "FP32")
    tensor.set_data_from_numpy(rows)
    client = grpcclient.InferenceServerClient(server.grpc)
    client.infer("watched", [tensor])
    client.close()
    shown = json.loads(urllib.request.urlopen(server.url + "/v2/models/watched/drift").read())
    features, values = shown["inputs"][0]["features"], server.metrics()
    for index, (feature, known) in enumerate(zip(features, trained["inputs"][0]["features"])):
        column = rows[:, index].astype(np.float64)
        observed = feature["observed"]
        numbers = [observed[name] for name in ("count", "mean", "variance", "minimum", "maximum")]
        assert np.allclose(numbers, [500, column.mean(), column.var(ddof=1), column.min(), column.max()]), observed
        counts = np.bincount(np.searchsorted(known["edges"], column), minlength=len(known["counts"]))
        parts, expected = (np.maximum(c / np.sum(c), 1e-4) for c in (counts, np.array(known["counts"])))
        psi = np.sum((parts - expected) * np.log(parts / expected))
        assert np.isclose(feature["psi"], psi) and (psi > 0.25) == (index == 2), (feature, psi)
        labels = (("feature", known["name"]), ("input", "X"), ("model", "watched"), ("version", "1"))
        assert np.isclose(values[("mlpack_drift_psi", *labels)], psi)
    server.end()
    server = Server()
    assert server.ask("/v2/models/linear/drift", None)[0] == 501
    server.end()
    onnx.helper.set_model_props(model, {"mlpack.reference": "{"})
    onnx.save(model, path)
    broken = subprocess.run([sys.argv[1], path], capture_output=True, text=True)
    assert broken.returncode == 1 and "mlpack.reference" in broken.stderr, broken


def metrics():
    server = Server("--queue", "0", "--threads", "1")
    for _ in range(3):
        server.ask()
    server.raw(b"GET / HTTP/1.1\r\n\r\n")
    found = server.metrics()
    labels = (("model", "linear"), ("version", "1"))
    for part in ("request", "queue", "compute"):
        name = f"mlpack_inference_{part}_duration_seconds"
        assert found[(name + "_count", *labels)] == 3 and found[(name + "_sum", *labels)] > 0, name
        buckets = [
            (float(dict(key[1:])["le"]), value)
            for key, value in found.items()
            if key[0] == name + "_bucket" and ("model", "linear") in key
        ]
        counts = [value for _, value in sorted(buckets)]
        assert counts == sorted(counts) and counts[-1] == 3
    assert found[("mlpack_requests_refused_total", ("reason", "malformed"))] == 1
    assert found[("mlpack_requests_in_flight",)] == 0 and found[("mlpack_queue_length",)] == 0
    server.ask("/v2/models/nobody/infer")
    assert not any(("model", "nobody") in key for key in server.metrics())
    server.end()
    with tempfile.TemporaryDirectory() as folder:
        name = 'quote"back\\slash\nline'
        shutil.copy(f"{MODELS}/linear.onnx", f"{folder}/{name}.onnx")
        server = Server(models=folder)
        assert ("nv_inference_count_total", ("model", name), ("version", "1")) in server.metrics()
        server.end()


def main():
    with tempfile.TemporaryDirectory() as folder:
        access_log(folder)
        full_disk(folder)
        samples(folder)
        drift(folder)
    standard_output()
    spans()
    no_collector()
    metrics()
    print("access log, request ids, spans, samples, drift and metrics are what was asked for")


main()
