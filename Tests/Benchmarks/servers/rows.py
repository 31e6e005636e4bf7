"""The rows of the serving benchmark: each function asks one server and returns numbers by name (times in seconds)."""

import csv
import json
import os
import signal
import subprocess
import tempfile
import time

from processes import inference_body

OVERLOAD, OVERLOAD_CONNECTIONS = 10, 1024


class Load:
    """The client, as a program: closed loops, and arrivals that wait for nobody."""

    def __init__(self, work):
        self.work, self.program = work, work / "client"
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "client.c")
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", source, "-o", self.program, "-lm"], check=True)

    def request(self, path, body=None):
        """The file with the bytes of a request."""
        file = self.work / (path.strip("/").replace("/", "-") + ".request")
        head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        if body:
            head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        file.write_bytes(head.encode() + b"\r\n" + (body or b""))
        return file

    def start(self, server, file, connections, seconds, rate=0, arrivals="uniform", seed=1):
        words = [self.program, server.http_port, file, connections, seconds, rate, arrivals, seed]
        return subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True)

    def end(self, process):
        output, _ = process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"the client ended with status {process.returncode}")
        return json.loads(output)

    def run(self, *words, **named):
        return self.end(self.start(*words, **named))

    def infer(self, server, model, *words, **named):
        return self.run(server, self.request(f"/v2/models/{model}/infer", inference_body()), *words, **named)


def failures(result):
    """Requests that were not answered with what was asked for, and times that a connection was refused."""
    return result["lost"] + result["open"] + result["rejected"]["count"]


def closed(load, server, connections, seconds):
    result = load.infer(server, "mlp", connections, seconds)
    accepted = result["accepted"]
    return {
        "p50": accepted["p50"],
        "p99": accepted["p99"],
        "p999": accepted["p999"],
        "max": accepted["max"],
        "rate": accepted["count"] / result["seconds"],
        "failed": failures(result),
    }


def open_capacity(load, server, closed_rate):
    """The requests a second that may arrive, evenly, without piling up.

    That is less than a closed loop makes: there requests wait for each other, and each wake-up of the server and of the
    client is for several of them."""
    seconds = 1
    for share in (1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1):
        # Something else that the machine does for a moment says nothing of the server.
        for _ in range(3):
            result = load.infer(server, "mlp", 64, seconds, share * closed_rate)
            if result["seconds"] < 1.02 * seconds and failures(result) == 0:
                return share * closed_rate
    raise RuntimeError(f"{server.name} does not keep up with a tenth of what it answers in a closed loop")


def arrivals(load, server, seconds, capacity, seed):
    """The 99th percentile when 60 % of the capacity arrives, evenly and in a Poisson process."""
    found = {"capacity": capacity, "failed": 0}
    for kind in ("uniform", "poisson"):
        result = load.infer(server, "mlp", 64, seconds, 0.6 * capacity, kind, seed)
        found |= {kind: result["accepted"]["p99"], f"{kind} p50": result["accepted"]["p50"]}
        found["failed"] += failures(result)
    return found | {"ratio": found["poisson"] / found["uniform"]}


def overload(load, server, seconds, seed):
    """The slow model at ten times its capacity, with questions for its health beside it."""
    # So few connections that a short queue holds them all.
    capacity = load.infer(server, "wide", 2 * len(os.sched_getaffinity(0)), seconds)
    rate = capacity["accepted"]["count"] / capacity["seconds"]
    normal = load.infer(server, "wide", 64, seconds, 0.6 * rate, "poisson", seed)
    # Several connections, as probes open one each: a slow answer must not delay the next question.
    health = load.start(server, load.request("/v2/health/live"), 16, seconds, 50, "uniform", seed)
    result = load.infer(server, "wide", OVERLOAD_CONNECTIONS, seconds, OVERLOAD * rate, "poisson", seed)
    health = load.end(health)
    return {
        "capacity": rate,
        "normal": normal["accepted"]["p99"],
        "admitted": result["accepted"].get("p99"),
        "admitted p50": result["accepted"].get("p50"),
        "admitted rate": result["accepted"]["count"] / result["seconds"],
        "rejected": result["rejected"].get("p99"),
        "rejected p50": result["rejected"].get("p50"),
        "rejections": result["rejected"]["count"],
        "unanswered": result["open"] + result["lost"],
        "health": health["accepted"].get("p99"),
        "health max": health["accepted"].get("max"),
        "health failed": failures(health),
    }


def grpc(server, analyzer, environment, seconds):
    """perf_analyzer at concurrency 8: three windows, whether it finds them stable or not."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "report.csv")
        window = str(max(500, int(seconds * 1000 / 3)))
        words = ["-m", "mlp", "-i", "grpc", "-u", f"127.0.0.1:{server.grpc_port}", "--concurrency-range", "8"]
        words += ["-p", window, "-r", "3", "-s", "999", "-f", file]
        done = subprocess.run([analyzer, *words], env=environment, capture_output=True, text=True)
        if not os.path.exists(file):
            errors = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
            return {"error": errors[-1].strip() if errors else f"exit status {done.returncode}"}
        with open(file, newline="") as lines:
            row = next(csv.DictReader(lines))
    return {
        "rate": float(row["Inferences/Second"]),
        "p50": float(row["p50 latency"]) / 1e6,
        "p99": float(row["p99 latency"]) / 1e6,
    }


def start_and_idle(server):
    """A start with the small model alone: time, memory before a request and after one, time to end."""
    ready = server.start()
    time.sleep(0.5)
    idle = server.memory()
    server.infer("mlp")
    after = server.memory()
    ended, status = server.stop()
    return {"ready": ready, "idle": sum(idle), "processes": len(idle), "after": sum(after), "end": ended, "status": status}


def first_requests(server, model):
    """The first request after the start, beside one of those after it."""
    taken = []
    for _ in range(20):
        started = time.perf_counter()
        server.infer(model)
        taken.append(time.perf_counter() - started)
    return {"first": taken[0], "next": sorted(taken[1:])[len(taken) // 2]}


def terminate(load, server, seconds):
    """SIGTERM while sixteen connections send: requests that began and were not answered."""
    server.start()
    body = load.request("/v2/models/mlp/infer", inference_body())
    client = load.start(server, body, 16, seconds)
    time.sleep(seconds / 2)
    server.process.send_signal(signal.SIGTERM)
    result = load.end(client)
    _, status = server.stop()
    return {
        "answered": result["accepted"]["count"],
        "lost": result["lost"] + result["open"],
        "rejected": result["rejected"]["count"],
        "status": status,
    }


def swaps(load, server, seconds):
    """Loads of a model that changed, one after the other, while eight connections send."""
    before = sum(server.memory())
    client = load.start(server, load.request("/v2/models/mlp/infer", inference_body()), 8, seconds)
    swapped, failed, times = 0, 0, []
    ends = time.perf_counter() + seconds - 0.2
    while time.perf_counter() < ends:
        server.touch("mlp")
        started = time.perf_counter()
        failed += server.repository("load", "mlp") != 200
        times.append(time.perf_counter() - started)
        swapped += 1
    result = load.end(client)
    return {
        "swaps": swapped,
        "failed swaps": failed,
        "load": sorted(times)[len(times) // 2],
        "answered": result["accepted"]["count"],
        "failed": failures(result),
        "p99": result["accepted"].get("p99"),
        "growth": sum(server.memory()) - before,
    }


def cycles(server, most, seconds):
    """Unloading and loading, with an inference after each: memory before and after, in MiB, and what failed."""
    failed, done = 0, 0
    ends = time.perf_counter() + seconds
    points = []
    settle = 3
    while done < most + settle and (time.perf_counter() < ends or done < settle + 2):
        if done == settle or (done > settle and (done - settle) % max(1, most // 10) == 0):
            points.append((done, sum(server.memory())))
        failed += server.repository("unload", "mlp") != 200
        failed += server.repository("load", "mlp") != 200
        failed += server.infer("mlp")[0] != 200
        done += 1
    points.append((done, sum(server.memory())))
    measured = done - points[0][0]
    return {"cycles": measured, "growth": points[-1][1] - points[0][1], "failed": failed, "points": points}
