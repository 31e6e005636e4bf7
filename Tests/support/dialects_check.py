"""Asks servers of the models `columns`, `image` and `table` in the dialects of others: dialects_check.py MODELS URL URL URL.

What a model gives is ONNX Runtime's answer for the same input; numbers are compared as numbers.
"""
import base64
import io
import json
import sys

import numpy
import onnxruntime
import pandas
import requests
from mlflow.pyfunc.scoring_server.client import ScoringServerClient

folder, COLUMNS, IMAGE, TABLE = sys.argv[1:]
random = numpy.random.default_rng(7)
checks = 0


def runtime(name, feeds):
    session = onnxruntime.InferenceSession(f"{folder}/{name}.onnx", providers=["CPUExecutionProvider"])
    return dict(zip((output.name for output in session.get_outputs()), session.run(None, feeds)))


def same(got, expected, words):
    global checks
    checks += 1
    got, expected = (value.tolist() if isinstance(value, numpy.ndarray) else value for value in (got, expected))
    if isinstance(expected, dict):
        assert set(got) == set(expected), (words, got)
        return [same(got[key], expected[key], words) for key in expected]
    if numpy.asarray(expected).dtype.kind in "fi":
        numpy.testing.assert_allclose(numpy.asarray(got, numpy.float64), expected, rtol=1e-6, err_msg=words)
    else:
        assert got == expected, (words, got, expected)


def rows(outputs):
    """The answer to rows: an element for each, with the outputs by their names when there are several."""
    count = len(next(iter(outputs.values())))
    if len(outputs) == 1:
        return next(iter(outputs.values())).tolist()
    return [{name: value[row].tolist() for name, value in outputs.items()} for row in range(count)]


def same_rows(got, outputs, words):
    expected = rows(outputs)
    assert len(got) == len(expected), (words, got)
    for one, wanted in zip(got, expected):
        same(one, wanted, words)


def post(url, path, body, status=200, **headers):
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    send = {"data": body} if isinstance(body, (bytes, str)) else {"json": body}
    answer = requests.post(url + path, headers=fields, timeout=10, **send)
    assert answer.status_code == status, (path, body, answer.status_code, answer.text)
    return answer


NAMES = ["length", "width", "height"]
frame = pandas.DataFrame(random.normal(size=(5, 3)).astype(numpy.float32), columns=NAMES)
expected = runtime("columns", {"X": frame.to_numpy()})
mixed = pandas.DataFrame({"price": [1.5, 2.0, -3.25], "city": ["Zürich", "", 'a, "b"'], "count": [2, 0, 2**40]})
mixed_expected = runtime("table", {
    "price": mixed[["price"]].to_numpy(numpy.float32), "city": mixed[["city"]].to_numpy(object),
    "count": mixed[["count"]].to_numpy(numpy.int64)})
pixels = random.normal(size=(4, 2, 2, 1)).astype(numpy.float32)
image_expected = runtime("image", {"pixels": pixels})


def client_of(url):
    host, port = url.removeprefix("http://").split(":")
    return ScoringServerClient(host, int(port))


def mlflow():
    client = client_of(COLUMNS)
    client.wait_server_ready(timeout=10)
    client.ping()
    assert client.get_version(), "no version"
    for data in [frame, frame[["height", "length", "width"]], frame.rename(index=lambda row: f"r{row}")]:
        same_rows(client.invoke(data)["predictions"], expected, "data frame")
    same(client.invoke(frame.to_numpy())["predictions"], expected, "array")
    for inputs in [{"X": frame.to_numpy().tolist()}, frame.to_dict("list")]:
        same(client.invoke(json.dumps({"inputs": inputs}))["predictions"], expected, "arrays by name")
    for body in [{"dataframe_records": frame.to_dict("records")}, {"instances": frame.to_numpy().tolist()}]:
        same_rows(client.invoke(json.dumps(body))["predictions"], expected, "rows")
    same_rows(client.invoke(frame, params={"a": 1})["predictions"], expected, "parameters")
    shown = client.invoke(frame).get_predictions()
    assert list(shown.columns) == ["label", "probabilities"], shown
    gaps = frame.copy()
    gaps.loc[1, "width"] = None
    same_rows(client.invoke(gaps)["predictions"][:1], {key: value[:1] for key, value in expected.items()}, "gaps")
    for wrong in [frame.drop(columns="width"), frame.assign(depth=1), frame.astype(str) + "x"]:
        try:
            client.invoke(wrong)
        except Exception as error:
            assert "error code 400" in str(error), error
        else:
            raise AssertionError("a wrong data frame was answered")
    table = client_of(TABLE)
    same_rows(table.invoke(mixed)["predictions"], mixed_expected, "strings and integers")
    same_rows(table.invoke(mixed.astype({"count": float}))["predictions"], mixed_expected, "whole numbers as floats")
    same(client_of(IMAGE).invoke(pixels)["predictions"], image_expected["mean"], "four axes")


def csv(answer):
    return pandas.read_csv(io.BytesIO(answer.content), header=None)


def sagemaker():
    assert requests.get(COLUMNS + "/ping", timeout=10).status_code == 200
    for text in [frame.to_csv(index=False), frame.to_csv(index=False, header=False), frame[NAMES[::-1]].to_csv(index=False)]:
        answer = csv(post(COLUMNS, "/invocations", text, content_type="text/csv", accept="text/csv"))
        same(answer[0].tolist(), expected["label"], "labels of CSV")
        same(answer[[1, 2]].to_numpy(), expected["probabilities"], "probabilities of CSV")
        answer = post(COLUMNS, "/invocations", text, content_type="text/csv; charset=utf-8", accept="application/json")
        same_rows(answer.json()["predictions"], expected, "CSV answered by JSON")
    answer = post(COLUMNS, "/invocations", frame.to_numpy().tolist(), accept="*/*")
    same_rows(answer.json()["predictions"], expected, "a list")
    text = mixed[["city", "price", "count"]].to_csv(index=False)
    answer = pandas.read_csv(
        io.BytesIO(post(TABLE, "/invocations", text.encode(), content_type="text/csv", accept="text/csv").content),
        header=None, keep_default_na=False)
    same(answer[[0]].to_numpy(), mixed_expected["total"], "CSV with strings")
    same(answer[[1]].to_numpy(), mixed_expected["place"], "strings of CSV")
    post(COLUMNS, "/invocations", b"x", 415, content_type="application/x-npy")
    post(COLUMNS, "/invocations", '"1,2', 400, content_type="text/csv")


def kserve():
    assert requests.get(COLUMNS + "/", timeout=10).json()["status"] == "alive"
    assert requests.get(COLUMNS + "/v1/models", timeout=10).json() == {"models": ["columns"]}
    assert requests.get(COLUMNS + "/v1/models/columns", timeout=10).json()["ready"] is True
    assert requests.get(COLUMNS + "/v1/models/other", timeout=10).status_code == 404
    answer = post(COLUMNS, "/v1/models/columns:predict", {"instances": frame.to_numpy().tolist()})
    same_rows(answer.json()["predictions"], expected, "instances")
    answer = post(COLUMNS, "/v1/models/columns:predict", {"instances": frame.to_dict("records")})
    same_rows(answer.json()["predictions"], expected, "records")


def tensorflow():
    path = "/v1/models/image/versions/1:predict"
    same_rows(post(IMAGE, path, {"instances": pixels.tolist()}).json()["predictions"], image_expected, "rows")
    named = [{"pixels": row} for row in pixels.tolist()]
    same_rows(post(IMAGE, path, {"instances": named}).json()["predictions"], image_expected, "named rows")
    for inputs in [pixels.tolist(), {"pixels": pixels.tolist()}]:
        same(post(IMAGE, path, {"inputs": inputs}).json()["outputs"], image_expected["mean"], "columns")
    encoded = [
        {"price": [row.price], "city": [{"b64": base64.b64encode(row.city.encode()).decode()}], "count": [row.count_]}
        for row in mixed.rename(columns={"count": "count_"}).itertuples()]
    answer = post(TABLE, "/v1/models/table:predict", {"signature_name": "serving_default", "instances": encoded})
    same_rows(answer.json()["predictions"], mixed_expected, "base64")
    metadata = requests.get(TABLE + "/v1/models/table/metadata", timeout=10).json()
    inputs = metadata["metadata"]["signature_def"]["signature_def"]["serving_default"]["inputs"]
    same({name: value["dtype"] for name, value in inputs.items()},
         {"price": "DT_FLOAT", "city": "DT_STRING", "count": "DT_INT64"}, "signature")


def vertex():
    assert requests.get(COLUMNS + "/vertex/health", timeout=10).status_code == 200
    answer = post(COLUMNS, "/vertex/models/1:predict", {"instances": frame.to_numpy().tolist(), "parameters": {"x": 1}})
    same_rows(answer.json()["predictions"], expected, "Vertex")


def azure():
    assert requests.get(COLUMNS + "/", timeout=10).status_code == 200
    assert "/score" in requests.get(COLUMNS + "/swagger.json", timeout=10).json()["paths"]
    answer = post(COLUMNS, "/score", {"input_data": frame.to_dict("split")})
    same_rows(answer.json(), expected, "input_data")
    answer = post(COLUMNS, "/score", {"Inputs": {"data": frame.to_dict("records")}, "GlobalParameters": {"method": "predict"}})
    same_rows(answer.json()["Results"], expected, "Inputs")
    same_rows(post(COLUMNS, "/score", {"data": frame.to_numpy().tolist()}).json()["result"], expected, "data")
    post(COLUMNS, "/score", {"data": [[1, 2]]}, 400)


for check in [mlflow, sagemaker, kserve, tensorflow, vertex, azure]:
    check()
    print(f"ok {check.__name__}")
print(f"{checks} answers held against ONNX Runtime {onnxruntime.__version__}")
