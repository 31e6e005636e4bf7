"""Models whose files change while they are served: written in part, cut short, switched, damaged. D4, D5, D8."""
import json
import os
import shutil
import threading
import time

from attacks_repository import index, repository
from attacks_server import GOOD, MODELS, attack, folder
from attacks_wire import Reader, ask, expect, request, send

FOLDER = folder()
OPTIONS = [FOLDER, "--model-control", "watch", "--poll-interval", "1"]
LINEAR = open(f"{MODELS}/linear.onnx", "rb").read()
os.makedirs(f"{FOLDER}/m/1")
with open(f"{FOLDER}/m/1/model.onnx", "wb") as file:
    file.write(LINEAR)


def write(path, *parts):
    """Writes parts one after the other, slowly enough to be seen."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        for part in parts:
            file.write(part)
            file.flush()
            os.fsync(file.fileno())


def move_in(path, data):
    """A version that is there at once."""
    draft = f"{FOLDER}/.draft"
    write(f"{draft}/model.onnx", data)
    os.rename(draft, path)


def entries(server):
    return {entry["version"]: entry for entry in index(server) if entry["name"] == "m"}


def await_entries(server, isReached, what):
    """The versions of the model, once they are as they should be."""
    end = time.monotonic() + 20
    while not isReached(got := entries(server)):
        assert time.monotonic() < end, f"{what}: the index stays {got}"
        time.sleep(0.02)
    return got


class Traffic:
    """Good requests without an end, each of which has to be answered."""

    def __init__(self, server):
        self.server, self.wrongs, self.count, self.stop = server, [], 0, threading.Event()
        self.threads = [threading.Thread(target=self.use) for _ in range(2)]

    def use(self):
        with self.server.connect() as connection:
            reader = Reader(connection)
            while not self.stop.is_set():
                send(connection, request("POST", "/v2/models/m/infer", GOOD))
                answer = reader.answer()
                self.count += 1
                if answer.status != 200 or answer.json()["outputs"][0]["data"] != self.expected:
                    self.wrongs.append(str(answer))

    def __enter__(self):
        answer = ask(self.server, "POST", "/v2/models/m/infer", GOOD)
        self.expected = answer.json()["outputs"][0]["data"]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        assert not self.wrongs, f"{len(self.wrongs)} of {self.count} wrong answers, such as {self.wrongs[0]}"
        assert self.count > 0


@attack("D4 versions that are written in part, damaged, and mended")
def partial(server):
    with Traffic(server):
        for number in range(2, 6):
            path = f"{FOLDER}/m/{number}/model.onnx"
            half = len(LINEAR) // 2
            write(path, LINEAR[:half])
            got = await_entries(server, lambda got: str(number) in got, "half a version")
            assert got[str(number)]["state"] == "UNAVAILABLE" and got[str(number)]["reason"], f"{got}"
            write(path, LINEAR[:half], LINEAR[half:])
            await_entries(server, lambda got: got[str(number)]["state"] == "READY", "the whole version")
        for number in range(2, 6):
            shutil.rmtree(f"{FOLDER}/m/{number}")
        await_entries(server, lambda got: set(got) == {"1"}, "versions that are gone")


@attack("D4 a served file that is cut short, and one that is written over in place")
def in_place(server):
    path = f"{FOLDER}/m/1/model.onnx"
    with Traffic(server):
        for data in [b"", LINEAR[:100], b"\0" * len(LINEAR), os.urandom(len(LINEAR))]:
            os.truncate(path, 0)
            write(path, data)
            got = await_entries(server, lambda got: got["1"]["reason"], "a damaged version")
            assert got["1"]["state"] == "READY", f"what was there is served on: {got}"
            write(path, LINEAR)
            await_entries(server, lambda got: not got["1"]["reason"], "the version as it was")


@attack("D5 links that are switched, to nothing, to a folder, to a pipe, to themselves")
def links(server):
    link = f"{FOLDER}/m/7"
    os.mkfifo(f"{FOLDER}/.pipe")
    targets = {"nothing": "/nowhere", "itself": link, "a folder": FOLDER, "devices": "/dev"}
    with Traffic(server):
        for name, target in targets.items():
            os.symlink(target, f"{FOLDER}/.link")
            os.rename(f"{FOLDER}/.link", link)
            os.makedirs(f"{FOLDER}/m/8/model.onnx", exist_ok=True)
            expect(repository(server, "m", "load"), 400, "not loaded and unloaded by request", name)
            os.rmdir(f"{FOLDER}/m/8/model.onnx")
            os.symlink(f"{FOLDER}/.pipe" if name != "devices" else "/dev/zero", f"{FOLDER}/m/8/model.onnx")
            await_entries(server, lambda got: "8" in got and got["8"]["reason"], f"a link to {name}")
            os.remove(f"{FOLDER}/m/8/model.onnx")
            os.remove(link)
        os.rmdir(f"{FOLDER}/m/8")
        move_in(f"{FOLDER}/.a", LINEAR)
        move_in(f"{FOLDER}/.b", LINEAR)
        for number in range(6):
            os.symlink(f"{FOLDER}/.{'ab'[number % 2]}", f"{FOLDER}/.link")
            os.rename(f"{FOLDER}/.link", link)
            await_entries(server, lambda got: got.get("7", {}).get("state") == "READY", "a switched link")
        os.remove(link)
        await_entries(server, lambda got: set(got) == {"1"}, "no link")


@attack("D8 manifests that are damaged, endless, bombs, or ask for what is not there")
def manifests(server):
    path = f"{FOLDER}/m/model.yaml"
    bomb = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20))
    with Traffic(server):
        for text in [
            "[", "\0", "labels: 1", "nope: 1", bomb, "default-version: 99", "traffic: {weights: {1: 1, 99: 1}}",
            "shadow: {version: x}", "warm-up: [{inputs: {X: {shape: [99999999, 99999999]}}}]",
            "warm-up: [{inputs: {X: {file: ../../../etc/passwd}}}]", "classes: /dev/zero", "- " * 5000,
            "limits: {memory: 1}\nwarm-up: [{}]", "labels: {" + ", ".join(f"l{n}: 1" for n in range(100_000)) + "}}",
        ]:
            write(path, text.encode())
            got = await_entries(server, lambda got: got["1"]["reason"], f"the manifest {text[:40]!r}")
            assert got["1"]["state"] == "READY", f"what was there is served on: {got}"
            os.remove(path)
            await_entries(server, lambda got: not got["1"]["reason"], "no manifest")
        write(path, json.dumps({"labels": {"stable": 1}}).encode())
        end = time.monotonic() + 20
        while ask(server, "GET", "/v2/models/m/versions/stable/ready").status != 200:
            assert time.monotonic() < end, "a good manifest is not read"
            time.sleep(0.02)
        os.remove(path)
