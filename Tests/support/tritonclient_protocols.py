"""Every public call of tritonclient, over HTTP, gRPC and both again with asyncio, against a running mlpack-serve.

    tritonclient_protocols.py HTTP GRPC     addresses of a server of Tests/ServingCoreTests/Fixtures/models that is
                                            started with --model-control explicit
"""
import asyncio
import inspect
import queue
import sys

import numpy as np
import tritonclient.grpc
import tritonclient.grpc.aio
import tritonclient.http
import tritonclient.http.aio
from tritonclient.utils import InferenceServerException

HTTP, GRPC = sys.argv[1].removeprefix("http://"), sys.argv[2]
X = np.arange(8, dtype=np.float32).reshape(2, 4)
WEIGHTS = (np.arange(12) / 10).astype(np.float32).reshape(4, 3)
Y = X @ WEIGHTS + np.array([1, 2, 3], np.float32)


class Client:
    """A client of one of the four forms, whose calls all wait for their answers."""

    def __init__(self, library, address, form):
        self.library, self.form = library, form
        self.isHTTP = "http" in form
        self.isAsync = "aio" in form
        self.module = tritonclient.http if self.isHTTP else tritonclient.grpc
        self.client = library.InferenceServerClient(address)

    async def call(self, name, *arguments, **options):
        result = getattr(self.client, name)(*arguments, **options)
        return await result if inspect.isawaitable(result) else result

    async def json(self, name, *arguments, **options):
        """The answer as a dictionary, of gRPC's as of HTTP's."""
        if not self.isHTTP:
            options["as_json"] = True
        return await self.call(name, *arguments, **options)

    async def infer(self, model="linear", outputs=None, **options):
        tensor = self.module.InferInput("X", list(X.shape), "FP32")
        tensor.set_data_from_numpy(X)
        return await self.call("infer", model, [tensor], outputs=outputs, **options)

    async def refused(self, words, name, *arguments, **options):
        try:
            await self.call(name, *arguments, **options)
        except InferenceServerException as error:
            assert words in str(error), (self.form, name, str(error))
        else:
            raise AssertionError(f"{self.form}: {name} was accepted")


async def check_server(client):
    assert await client.call("is_server_live") and await client.call("is_server_ready")
    assert await client.call("is_model_ready", "linear") and await client.call("is_model_ready", "linear", "1")
    assert not await client.call("is_model_ready", "linear", "2")
    assert not await client.call("is_model_ready", "nope")
    metadata = await client.json("get_server_metadata")
    assert metadata["name"] == "mlpack" and "statistics" in metadata["extensions"], metadata
    metadata = await client.json("get_model_metadata", "linear")
    assert [int(extent) for extent in metadata["inputs"][0]["shape"]] == [-1, 4], metadata
    config = await client.json("get_model_config", "linear")
    config = config.get("config", config)
    assert config["input"][0]["data_type"] == "TYPE_FP32" and config["max_batch_size"] == 1048576, config
    assert [int(extent) for extent in config["input"][0]["dims"]] == [4], config
    assert config["instance_group"][0]["kind"] == "KIND_CPU", config
    await client.refused("the model `nope` is not served", "get_model_metadata", "nope")


async def check_inference(client):
    result = await client.infer(request_id="7")
    assert np.allclose(result.as_numpy("Y"), Y) and np.allclose(result.as_numpy("S"), X)
    for compression in ["gzip", "deflate"]:
        if client.isHTTP:
            options = {"request_compression_algorithm": compression, "response_compression_algorithm": compression}
        else:
            options = {"compression_algorithm": compression}
        assert np.allclose((await client.infer(**options)).as_numpy("Y"), Y), (client.form, compression)
    wanted = client.module.InferRequestedOutput("Y", class_count=2)
    classes = (await client.infer(outputs=[wanted])).as_numpy("Y")
    expected = [[f"{row[index]:f}:{index}".encode() for index in np.argsort(-row)[:2]] for row in Y]
    assert classes.tolist() == expected, (client.form, classes, expected)
    # Microseconds on the server: parsing takes longer.
    timeout = {"timeout": 1}
    try:
        for _ in range(50):
            await client.infer(**timeout)
    except InferenceServerException as error:
        assert "the time of the request is over" in str(error), str(error)


async def check_statistics(client):
    before = (await client.json("get_inference_statistics", "linear", "1"))["model_stats"][0]
    await client.infer()
    after = (await client.json("get_inference_statistics", "linear"))["model_stats"][0]
    rows = int(after["inference_count"]) - int(before.get("inference_count", 0))
    assert rows == 2, (client.form, before, after)
    assert int(after["inference_stats"]["success"]["ns"]) > 0 and after["batch_stats"], after
    every = (await client.json("get_inference_statistics"))["model_stats"]
    assert len(every) > 10, every


async def check_repository(client):
    index = await client.json("get_model_repository_index")
    models = index if client.isHTTP else index["models"]
    assert {"linear"} <= {entry["name"] for entry in models}, models
    await client.call("unload_model", "echo_INT8")
    assert not await client.call("is_model_ready", "echo_INT8")
    index = await client.json("get_model_repository_index")
    models = index if client.isHTTP else index["models"]
    state = {entry["name"]: (entry["state"], entry["reason"]) for entry in models if entry["name"] == "echo_INT8"}
    assert state == {"echo_INT8": ("UNAVAILABLE", "unloaded")}, state
    assert await client.call("is_server_ready")
    await client.call("load_model", "echo_INT8")
    assert await client.call("is_model_ready", "echo_INT8")
    await client.refused("no file of a model `nope`", "load_model", "nope")
    await client.refused("is not served", "unload_model", "nope")
    await client.refused("`config` is not supported", "load_model", "linear", config="{}")


async def check_settings(client):
    settings = await client.json("get_log_settings")
    settings = settings.get("settings", settings)
    assert "log_verbose_level" in settings, settings
    settings = await client.json("get_trace_settings")
    settings = settings.get("settings", settings)
    assert "trace_level" in settings, settings
    await client.refused("cannot be changed", "update_trace_settings", settings={"trace_level": ["TIMESTAMPS"]})
    await client.refused("cannot be changed", "update_log_settings", settings={"log_verbose_level": 3})
    for kind in ["system", "cuda"]:
        await client.call(f"get_{kind}_shared_memory_status")
        await client.call(f"unregister_{kind}_shared_memory")
    await client.refused("memory is not shared", "register_system_shared_memory", "a", "/a", 16)


def check_callbacks():
    """What gRPC alone has: calls with a callback, and a stream, which goes on after a request that fails."""
    client = tritonclient.grpc.InferenceServerClient(GRPC)
    answers = queue.Queue()
    tensor = tritonclient.grpc.InferInput("X", list(X.shape), "FP32")
    tensor.set_data_from_numpy(X)
    client.async_infer("linear", [tensor], lambda result, error: answers.put((result, error)))
    result, error = answers.get(timeout=20)
    assert error is None and np.allclose(result.as_numpy("Y"), Y)
    client.start_stream(lambda result, error: answers.put((result, error)))
    for index in range(100):
        client.async_stream_infer("nope" if index == 50 else "linear", [tensor], request_id=str(index))
    for index in range(100):
        result, error = answers.get(timeout=20)
        if index == 50:
            assert "the model `nope` is not served" in str(error), error
        else:
            assert error is None and result.get_response().id == str(index), (index, error)
    client.stop_stream()
    http = tritonclient.http.InferenceServerClient(HTTP, concurrency=4)
    tensor = tritonclient.http.InferInput("X", list(X.shape), "FP32")
    tensor.set_data_from_numpy(X)
    for handle in [http.async_infer("linear", [tensor]) for _ in range(20)]:
        assert np.allclose(handle.get_result().as_numpy("Y"), Y)
    print("ok callbacks and streams")


async def main():
    for library, address, form in [
        (tritonclient.http, HTTP, "http"),
        (tritonclient.grpc, GRPC, "grpc"),
        (tritonclient.http.aio, HTTP, "http.aio"),
        (tritonclient.grpc.aio, GRPC, "grpc.aio"),
    ]:
        client = Client(library, address, form)
        for check in [check_server, check_inference, check_statistics, check_repository, check_settings]:
            await check(client)
        await client.call("close")
        print(f"ok {form}")


check_callbacks()
asyncio.run(main())
