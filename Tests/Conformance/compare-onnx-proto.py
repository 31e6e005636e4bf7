"""Compares schemas/proto with the onnx package's descriptors: run with a Python that has onnx, as the first argument or itself.

Prints one line for each difference, and exits with 1 when there is one.
"""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TYPES = {1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 8: "bool", 9: "string", 11: "message",
         12: "bytes", 13: "uint32", 14: "enum"}


def describe(messages, enums, out):
    """Adds `message.field` and `enum.value` lines of descriptors, nested ones included."""
    for enum in enums:
        for value in enum.value:
            out.add(f"enum {enum.name}: {value.name} = {value.number}")
    for message in messages:
        oneofs = [oneof.name for oneof in message.oneof_decl]
        for field in message.field:
            label = {1: "optional", 2: "required", 3: "repeated"}[field.label]
            kind = field.type_name.rsplit(".", 1)[-1] or TYPES[field.type]
            packed = " packed" if field.options.packed else ""
            oneof = f" in {oneofs[field.oneof_index]}" if field.HasField("oneof_index") else ""
            out.add(f"{message.name}: {label} {kind} {field.name} = {field.number}{packed}{oneof}")
        describe(message.nested_type, message.enum_type, out)


def ours():
    from google.protobuf import descriptor_pb2

    with tempfile.NamedTemporaryFile() as file:
        proto = ROOT / "schemas/proto"
        subprocess.run(["protoc-c", f"-I{proto}", f"--descriptor_set_out={file.name}", "onnx.proto", "onnx-data.proto"],
                       check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read()).file
    out = set()
    for file in files:
        describe(file.message_type, file.enum_type, out)
    return out


def theirs():
    import onnx
    from google.protobuf import descriptor_pb2
    from onnx import onnx_data_pb2, onnx_ml_pb2

    out = set()
    for module in (onnx_ml_pb2, onnx_data_pb2):
        file = descriptor_pb2.FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)
        # The versions and statuses are not fields of a message.
        describe(file.message_type, [], out)
    return out, onnx.__version__


def main():
    if len(sys.argv) > 1:
        sys.exit(subprocess.run([sys.argv[1], __file__]).returncode)
    mine, (published, version) = ours(), theirs()
    for line in sorted(mine - published):
        print(f"only in schemas/proto: {line}")
    for line in sorted(published - mine):
        print(f"only in onnx {version}: {line}")
    if mine != published:
        sys.exit(1)
    print(f"{len(mine)} fields and enum values as in onnx {version}")


main()
