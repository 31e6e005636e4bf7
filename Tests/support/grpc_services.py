"""Reflection and health, by the clients of gRPC's own project.

    grpc_services.py SERVER      SERVER is the executable
"""
import json
import queue
import signal
import subprocess
import sys
import threading

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

MODEL = "Tests/ServingCoreTests/Fixtures/models/linear.onnx"
SERVICES = {
    "inference.GRPCInferenceService", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
}


def check_reflection(channel):
    """A call is made of nothing but what the server says of it."""
    database = ProtoReflectionDescriptorDatabase(channel)
    assert set(database.get_services()) == SERVICES
    pool = descriptor_pool.DescriptorPool(database)
    service = pool.FindServiceByName("inference.GRPCInferenceService")
    method = service.FindMethodByName("ModelInfer")
    request, answer = (message_factory.GetMessageClass(kind) for kind in [method.input_type, method.output_type])
    values = {"name": "X", "datatype": "FP32", "shape": [1, 4], "contents": {"fp32_contents": [0, 1, 2, 3]}}
    body = json_format.ParseDict({"model_name": "linear", "inputs": [values]}, request())
    call = channel.unary_unary(
        "/inference.GRPCInferenceService/ModelInfer", request.SerializeToString, answer.FromString
    )
    assert [output.name for output in call(body, timeout=10).outputs] == ["Y", "S"]


def check_answers(channel):
    """Each version, symbols of every kind, and what is not there."""
    asked = [
        ({"file_by_filename": "health.proto"}, "health.proto"), ({"file_by_filename": "no.proto"}, None),
        ({"file_containing_symbol": "grpc.health.v1.Health"}, "health.proto"),
        ({"file_containing_symbol": "grpc.health.v1.Health.Watch"}, "health.proto"),
        ({"file_containing_symbol": "grpc.health.v1.HealthCheckResponse.ServingStatus"}, "health.proto"),
        ({"file_containing_symbol": "inference.ModelInferRequest.InferInputTensor"}, "inference.proto"),
        ({"file_containing_symbol": "inference.DataType"}, "inference.proto"),
        ({"file_containing_symbol": "grpc.reflection.v1.ErrorResponse"}, "reflection.proto"),
        ({"file_containing_symbol": "inference.Nothing"}, None), ({"file_containing_symbol": ""}, None),
        ({"all_extension_numbers_of_type": "inference.ModelInferRequest"}, None), ({}, None),
    ]
    requests = [reflection_pb2.ServerReflectionRequest(host="h", **fields) for fields, _ in asked]
    for version in ["v1", "v1alpha"]:
        call = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            reflection_pb2.ServerReflectionRequest.SerializeToString,
            reflection_pb2.ServerReflectionResponse.FromString,
        )
        answers = list(call(iter(requests), timeout=10))
        assert len(answers) == len(asked)
        for request, answer, (_, name) in zip(requests, answers, asked):
            assert answer.valid_host == "h" and answer.original_request == request
            kind = answer.WhichOneof("message_response")
            assert kind == ("file_descriptor_response" if name else "error_response"), (request, answer)
            if name:
                (file,) = answer.file_descriptor_response.file_descriptor_proto
                assert name.encode() in file


def check_names(channel):
    """The names, numbers and types of all that tritonclient has of these messages too."""
    from tritonclient.grpc import service_pb2
    pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    pool.FindServiceByName("inference.GRPCInferenceService")
    file = pool.FindFileByName("inference.proto")
    theirs = service_pb2.DESCRIPTOR.pool

    def compare(message):
        other = theirs.FindMessageTypeByName(message.full_name)
        for field in message.fields:
            same = other.fields_by_name[field.name]
            facts = [(f.number, f.type, f.is_repeated, f.message_type and f.message_type.full_name)
                     for f in [field, same]]
            assert facts[0] == facts[1], (message.full_name, field.name, facts)
        for inner in message.nested_types:
            compare(inner)

    for name, message in file.message_types_by_name.items():
        if name == "ModelVersionPolicy":
            continue
        compare(message)
    methods = {method.name for method in file.services_by_name["GRPCInferenceService"].methods}
    assert methods == {method.name for method in service_pb2.DESCRIPTOR.services_by_name["GRPCInferenceService"].methods}
    for method in file.services_by_name["GRPCInferenceService"].methods:
        other = theirs.FindServiceByName("inference.GRPCInferenceService").FindMethodByName(method.name)
        assert method.input_type.full_name == other.input_type.full_name
        assert method.output_type.full_name == other.output_type.full_name


def check_watch(channel, process):
    """The state now, its changes, and the end of the server."""
    status = health_pb2.HealthCheckResponse
    stub = health_pb2_grpc.HealthStub(channel)
    assert stub.Check(health_pb2.HealthCheckRequest(), timeout=10).status == status.SERVING
    told, unknown = queue.Queue(), queue.Queue()

    def watch(service, found):
        try:
            for answer in stub.Watch(health_pb2.HealthCheckRequest(service=service)):
                found.put(answer.status)
        except grpc.RpcError as error:
            found.put(error.code())

    for service, found in [("inference.GRPCInferenceService", told), ("x", unknown)]:
        threading.Thread(target=watch, args=(service, found), daemon=True).start()
    assert told.get(timeout=10) == status.SERVING and unknown.get(timeout=10) == status.SERVICE_UNKNOWN
    # Calls that are left go from the list of those who wait.
    for _ in range(200):
        call = stub.Watch(health_pb2.HealthCheckRequest())
        assert next(call).status == status.SERVING
        call.cancel()
    # A load that changes nothing of the state tells nothing.
    load = channel.unary_unary("/inference.GRPCInferenceService/RepositoryModelLoad")
    load(b"\x12\x06linear", timeout=10)
    process.send_signal(signal.SIGTERM)
    assert told.get(timeout=10) == status.NOT_SERVING
    assert told.get(timeout=10) == unknown.get(timeout=10) == grpc.StatusCode.UNAVAILABLE
    assert process.wait(20) == 0


command = [sys.argv[1], MODEL, "--host", "127.0.0.1", "--http-port", "auto", "--json", "--model-control", "explicit"]
process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
try:
    ready = json.loads(process.stderr.readline())
    with grpc.insecure_channel(ready["grpc"][0]) as channel:
        check_reflection(channel)
        check_answers(channel)
        check_names(channel)
        check_watch(channel, process)
finally:
    process.kill()
print("reflection and health as gRPC's own clients ask for them: ok")
