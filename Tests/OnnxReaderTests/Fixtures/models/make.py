"""Writes the models and values in this folder with the onnx package. Made with onnx 1.23.2, numpy 2.4.6; no randomness."""
import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

T = TensorProto


def element_types():
    """Each element type, in its typed field and as raw_data; the expected bytes are numpy_helper's."""
    values = {
        T.FLOAT: [1.5, -0.0, 3e38], T.DOUBLE: [1.5, -2.25, 1e300], T.INT64: [-(2**63), 0, 2**63 - 1],
        T.INT32: [-(2**31), 7, 2**31 - 1], T.INT16: [-32768, 1, 32767], T.INT8: [-128, 0, 127],
        T.UINT8: [0, 128, 255], T.UINT16: [0, 1, 65535], T.UINT32: [0, 1, 2**32 - 1], T.UINT64: [0, 1, 2**64 - 1],
        T.BOOL: [True, False, True], T.FLOAT16: [1.5, -2.0, 65504.0], T.BFLOAT16: [1.5, -2.0, 1e30],
        T.COMPLEX64: [1 + 2j, 0j, -3.5j], T.COMPLEX128: [1 + 2j, 0j, -3.5j],
        T.FLOAT8E4M3FN: [1.5, -2.0, 448.0], T.FLOAT8E4M3FNUZ: [1.5, -2.0, 240.0], T.FLOAT8E5M2: [1.5, -2.0, 57344.0],
        T.FLOAT8E5M2FNUZ: [1.5, -2.0, 57344.0], T.FLOAT8E8M0: [1.0, 2.0, 0.5],
        T.UINT4: [1, 15, 7], T.INT4: [-8, 7, -1], T.FLOAT4E2M1: [0.5, -6.0, 1.5],
        T.UINT2: [1, 3, 2, 0, 1], T.INT2: [-2, 1, -1, 0, 1],
        T.FLOAT6E2M3: [0.5, -7.5, 1.0, 2.0, 3.0], T.FLOAT6E3M2: [0.5, -28.0, 1.0, 2.0, 3.0],
    }
    tensors, expected = [], {}
    for number, elements in values.items():
        name = T.DataType.Name(number).lower()
        typed = helper.make_tensor(f"{name}_typed", number, [len(elements)], elements)
        raw = numpy_helper.from_array(numpy_helper.to_array(typed), f"{name}_raw")
        assert raw.data_type == number and raw.HasField("raw_data")
        for tensor in (typed, raw):
            tensors.append(tensor)
            expected[tensor.name] = raw.raw_data.hex()
    tensors.append(helper.make_tensor("string_typed", T.STRING, [2, 2], [b"a", "ä€😀".encode(), b"", b"nul\0in it"]))
    tensors.append(helper.make_tensor("empty", T.FLOAT, [0, 3], []))
    tensors.append(helper.make_tensor("scalar", T.INT64, [], [42]))
    graph = helper.make_graph(
        [helper.make_node("Identity", ["scalar"], ["y"])], "types", [], [helper.make_tensor_value_info("y", T.INT64, [])],
        tensors)
    save("element-types", helper.make_model(graph, ir_version=14, opset_imports=[helper.make_opsetid("", 25)]))
    with open("element-types.json", "w") as file:
        json.dump(expected, file, indent=1, sort_keys=True)


def features():
    """One of everything that a ModelProto may hold besides tensors of each type."""
    float_type = helper.make_tensor_type_proto(T.FLOAT, ["batch", 4, None])
    sparse = helper.make_sparse_tensor(
        helper.make_tensor("sparse", T.FLOAT, [2], [1.0, 2.0]), helper.make_tensor("", T.INT64, [2], [0, 5]), [2, 3])
    branch = helper.make_graph(
        [helper.make_node("Constant", [], ["c"], value=helper.make_tensor("k", T.FLOAT, [1], [1.0]))], "branch", [],
        [helper.make_tensor_value_info("c", T.FLOAT, [1])])
    node = helper.make_node(
        "Every", ["x", "", "sparse"], ["y", ""], name="every", doc_string="a node", domain="example", overload="two",
        f=0.5, i=-3, s="text", t=helper.make_tensor("t", T.INT32, [1], [9]), g=branch, floats=[1.0, -2.5], ints=[1, -1],
        strings=["a", "b"], tensors=[helper.make_tensor("u", T.INT8, [1], [-9])], graphs=[branch, branch],
        tp=float_type, tps=[float_type], sp=sparse, sps=[sparse])
    node.attribute.append(helper.make_attribute("bytes", b"\xff\x00\xfe"))
    node.attribute.append(helper.make_attribute("empty", [], attr_type=onnx.AttributeProto.INTS))
    node.metadata_props.add(key="k", value="v")
    configuration = node.device_configurations.add(configuration_id="two-devices", pipeline_stage=1)
    sharding = configuration.sharding_spec.add(tensor_name="x", device=[0, -1])
    sharding.index_to_device_group_map.add(key=-1, value=[0, 1])
    axis = sharding.sharded_dim.add(axis=0)
    axis.simple_sharding.add(dim_value=4, num_shards=2)
    axis.simple_sharding.add(dim_param="batch", num_shards=2)

    reference = onnx.AttributeProto(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="slope")
    inner = helper.make_node("LeakyRelu", ["a"], ["b"])
    inner.attribute.append(reference)
    function = helper.make_function(
        "example", "Every", ["a"], ["b"], [inner], [helper.make_opsetid("", 18)], attributes=["needed"],
        attribute_protos=[helper.make_attribute("slope", 0.25)], doc_string="a function", overload="two")
    function.value_info.add(name="b", type=float_type)
    function.metadata_props.add(key="fk", value="fv")

    sequence = helper.make_sequence_type_proto(float_type)
    map_type = onnx.TypeProto()
    map_type.map_type.key_type = T.STRING
    map_type.map_type.value_type.CopyFrom(float_type)
    opaque = onnx.TypeProto()
    opaque.opaque_type.domain, opaque.opaque_type.name = "example", "thing"
    inputs = [
        helper.make_value_info("x", float_type, doc_string="an input"),
        helper.make_value_info("seq", sequence), helper.make_value_info("map", map_type),
        helper.make_value_info("opt", helper.make_optional_type_proto(sequence)), helper.make_value_info("opaque", opaque),
        helper.make_value_info("sp", helper.make_sparse_tensor_type_proto(T.DOUBLE, [3])),
        helper.make_value_info("rankless", helper.make_tensor_type_proto(T.FLOAT, None)),
        onnx.ValueInfoProto(name="untyped"),
    ]
    inputs[0].metadata_props.add(key="ik", value="iv")
    initializer = helper.make_tensor("w", T.FLOAT, [2], [1.0, 2.0])
    initializer.doc_string = "weights"
    initializer.metadata_props.add(key="wk", value="wv")
    graph = helper.make_graph(
        [node], "graph", inputs, [helper.make_value_info("y", float_type)], [initializer], doc_string="a graph",
        value_info=[helper.make_value_info("mid", float_type)], sparse_initializer=[sparse])
    annotation = graph.quantization_annotation.add(tensor_name="w")
    annotation.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="w_scale")
    graph.metadata_props.add(key="gk", value="gv")

    model = helper.make_model(
        graph, ir_version=14, functions=[function], producer_name="make.py", producer_version="1", domain="example.com",
        model_version=7, doc_string="a model",
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("example", 1)])
    helper.set_model_props(model, {"key": "value", "empty": ""})
    training = model.training_info.add()
    training.initialization.CopyFrom(branch)
    training.algorithm.CopyFrom(branch)
    training.initialization_binding.add(key="w", value="c")
    training.update_binding.add(key="w", value="c")
    model.configuration.add(name="two-devices", num_devices=2, device=["cpu:0", "cpu:1"])
    save("features", model)


def values():
    """Values by themselves: a sequence of maps, an optional, an optional of none."""
    entry = onnx.MapProto(name="m", key_type=T.INT64, keys=[1, -2])
    entry.values.elem_type = onnx.SequenceProto.TENSOR
    for array in ([0.5, 1.5], [2.5]):
        entry.values.tensor_values.append(numpy_helper.from_array(np.array(array, np.float32)))
    sequence = onnx.SequenceProto(name="maps", elem_type=onnx.SequenceProto.MAP, map_values=[entry])
    optional = onnx.OptionalProto(name="some", elem_type=onnx.OptionalProto.SEQUENCE, sequence_value=sequence)
    none = onnx.OptionalProto(name="none", elem_type=onnx.OptionalProto.TENSOR)
    for name, message in (("maps", sequence), ("some", optional), ("none", none)):
        with open(f"{name}.pb", "wb") as file:
            file.write(message.SerializeToString(deterministic=True))


def save(name, model):
    with open(f"{name}.onnx", "wb") as file:
        file.write(model.SerializeToString(deterministic=True))


element_types()
features()
values()
