"""Asks a server of the model `columns` with clients that are too large for every run: dialects_by_hand.py URL GRPC_ADDRESS.

    pip install kserve==0.21.0 sagemaker-core==2.27.0 numpy pandas
    mlpack-serve Tests/ServingHTTPTests/Fixtures/models/columns.onnx
    dialects_by_hand.py http://127.0.0.1:8000 127.0.0.1:8001
"""
import asyncio
import sys

import numpy
import requests

URL, GRPC = sys.argv[1:]
ROWS = numpy.array([[5, 1, 0], [0, 0, 3]], numpy.float32)
LABELS, PROBABILITIES = [0, 1], [[5, 1], [0, 30]]


async def kserve():
    from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest, RESTConfig
    from kserve.constants.constants import PredictorProtocol

    first = InferenceRESTClient(RESTConfig(protocol=PredictorProtocol.REST_V1))
    assert await first.is_server_live(URL)
    assert await first.is_model_ready(URL, "columns")
    answer = await first.infer(URL, {"instances": ROWS.tolist()}, model_name="columns")
    assert [row["label"] for row in answer["predictions"]] == LABELS, answer

    def request(binary):
        tensor = InferInput("X", list(ROWS.shape), "FP32")
        tensor.set_data_from_numpy(ROWS, binary_data=binary)
        return InferRequest("columns", [tensor])

    def check(answer):
        outputs = {output.name: output.as_numpy().tolist() for output in answer.outputs}
        assert outputs == {"label": LABELS, "probabilities": PROBABILITIES}, outputs

    second = InferenceRESTClient(RESTConfig(protocol=PredictorProtocol.REST_V2))
    assert await second.is_server_live(URL) and await second.is_server_ready(URL)
    assert await second.is_model_ready(URL, "columns")
    for binary in [False, True]:
        check(await second.infer(URL, request(binary), model_name="columns"))
    grpc = InferenceGRPCClient(GRPC)
    assert await grpc.is_server_live() and await grpc.is_server_ready() and await grpc.is_model_ready("columns")
    check(await grpc.infer(request(True)))
    for client in [first, second, grpc]:
        await client.close()


def sagemaker():
    from sagemaker.core import deserializers, serializers

    def ask(serializer, deserializer, data):
        accept = deserializer.ACCEPT
        answer = requests.post(URL + "/invocations", data=serializer.serialize(data), stream=True, headers={
            "content-type": serializer.CONTENT_TYPE, "accept": ", ".join(accept) if isinstance(accept, tuple) else accept,
            "accept-encoding": "identity"})
        assert answer.status_code == 200, answer.text
        return deserializer.deserialize(answer.raw, answer.headers["content-type"])

    cells = ask(serializers.CSVSerializer(), deserializers.CSVDeserializer(), ROWS)
    assert [[float(cell) for cell in row] for row in cells] == [[0, 5, 1], [1, 0, 30]], cells
    table = ask(serializers.CSVSerializer(), deserializers.PandasDeserializer(), ROWS)
    assert table.shape[1] == 3, table
    for data in [ROWS, ROWS.tolist(), {"instances": ROWS.tolist()}]:
        answer = ask(serializers.JSONSerializer(), deserializers.JSONDeserializer(), data)
        assert [row["label"] for row in answer["predictions"]] == LABELS, answer


asyncio.run(kserve())
print("ok kserve")
sagemaker()
print("ok sagemaker")
