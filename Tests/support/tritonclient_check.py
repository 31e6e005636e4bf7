"""A real client, tritonclient[http] from PyPI, against a running mlpack-serve.

    tritonclient_check.py URL                       the models of Tests/ServingCoreTests/Fixtures/models
    tritonclient_check.py URL MODEL EXPECTED.npz    one model: arrays `input:<name>` go in, `output:<name>` must come out
"""

import sys

import numpy as np
import tritonclient.http as triton

TOLERANCE = 1e-5
NUMPY_TYPES = {
    "BOOL": np.bool_, "UINT8": np.uint8, "UINT16": np.uint16, "UINT32": np.uint32, "UINT64": np.uint64,
    "INT8": np.int8, "INT16": np.int16, "INT32": np.int32, "INT64": np.int64,
    "FP16": np.float16, "FP32": np.float32, "FP64": np.float64, "BYTES": np.object_,
}
ONLY_BINARY = {"FP16"}


def ask(client, model, inputs, outputs, binary_in, binary_out):
    types = {entry["name"]: entry["datatype"] for entry in client.get_model_metadata(model)["inputs"]}
    tensors = []
    for name, array in inputs.items():
        tensor = triton.InferInput(name, list(array.shape), types[name])
        tensor.set_data_from_numpy(array, binary_data=binary_in)
        tensors.append(tensor)
    wanted = [triton.InferRequestedOutput(name, binary_data=binary_out) for name in outputs]
    return client.infer(model, tensors, outputs=wanted, request_id="7")


def check(client, model, inputs, expected, forms):
    for binary_in, binary_out in forms:
        result = ask(client, model, inputs, expected, binary_in, binary_out)
        assert result.get_response()["id"] == "7"
        for name, array in expected.items():
            got = result.as_numpy(name)
            assert got.shape == array.shape, (model, name, got.shape, array.shape)
            if array.dtype == np.object_:
                same = [x if isinstance(x, bytes) else x.encode() for x in got.flat] == list(array.flat)
            elif array.dtype.kind == "f":
                same = np.allclose(got, array, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
            else:
                same = got.dtype == array.dtype and np.array_equal(got, array)
            assert same, (model, name, binary_in, binary_out, got, array)
        print(f"ok {model} binary in {binary_in}, out {binary_out}")


def check_fixtures(client):
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("linear")
    assert client.is_model_ready("linear", "1") and not client.is_model_ready("linear", "2")
    assert client.get_server_metadata()["name"] == "mlpack"
    forms = [(True, True), (True, False), (False, True), (False, False)]

    x = np.random.default_rng(7).random((5, 4), dtype=np.float32)
    weights = (np.arange(12) / 10).astype(np.float32).reshape(4, 3)
    check(client, "linear", {"X": x}, {"Y": x @ weights + np.array([1, 2, 3], np.float32), "S": x}, forms)

    for datatype, numpy_type in NUMPY_TYPES.items():
        if datatype == "BYTES":
            array = np.array([["", "é😀"]], dtype=np.object_)
            expected = np.array([[text.encode() for text in array[0]]], dtype=np.object_)
        elif datatype == "BOOL":
            array = expected = np.array([[True, False]])
        elif datatype.startswith("FP"):
            array = expected = np.array([[0.1, np.finfo(numpy_type).max]], numpy_type)
        else:
            array = expected = np.array([[np.iinfo(numpy_type).min, np.iinfo(numpy_type).max]], numpy_type)
        check(
            client, f"echo_{datatype}", {"in": array}, {"out": expected},
            [(True, True)] if datatype in ONLY_BINARY else forms,
        )

    refusals = [
        ("linear", "X", np.zeros((1, 3), np.float32), "FP32", "400", "the shape is wrong, expected [-1, 4], got [1, 3]"),
        ("linear", "X", np.zeros((1, 4), np.float64), "FP64", "400", "the datatype is wrong, expected `FP32`, got `FP64`"),
        ("linear", "Z", np.zeros((1, 4), np.float32), "FP32", "400", "the model has no input `Z`, expected `X`"),
        ("nope", "X", np.zeros((1, 4), np.float32), "FP32", "404", "the model `nope` is not served"),
    ]
    for model, name, array, datatype, status, words in refusals:
        tensor = triton.InferInput(name, list(array.shape), datatype)
        tensor.set_data_from_numpy(array)
        try:
            client.infer(model, [tensor])
        except triton.InferenceServerException as error:
            assert error.status() == status and words in error.message(), (error.status(), error.message())
        else:
            raise AssertionError(f"{model} {name} was accepted")
    print("ok refusals")


def main():
    client = triton.InferenceServerClient(sys.argv[1].removeprefix("http://"))
    if len(sys.argv) == 2:
        check_fixtures(client)
        return
    with np.load(sys.argv[3]) as arrays:
        inputs = {name.removeprefix("input:"): arrays[name] for name in arrays if name.startswith("input:")}
        expected = {name.removeprefix("output:"): arrays[name] for name in arrays if name.startswith("output:")}
    check(client, sys.argv[2], inputs, expected, [(True, True), (False, False)])


main()
