import COnnxProto
import OnnxIR

extension MessageEncoder {
    /// *Source*: `DeviceConfigurationProto`.
    func deviceConfiguration(
        _ configuration: DeviceConfiguration
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__DeviceConfigurationProto> {
        let message = arena.message(onnx__device_configuration_proto__init)
        message.pointee.name = try arena.string(configuration.name)
        message.pointee.has_num_devices = 1
        message.pointee.num_devices = configuration.deviceCount
        (message.pointee.n_device, message.pointee.device) = try arena.strings(configuration.devices)
        return message
    }

    /// *Source*: `NodeDeviceConfigurationProto`.
    func nodeDeviceConfiguration(
        _ configuration: NodeDeviceConfiguration
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__NodeDeviceConfigurationProto> {
        let message = arena.message(onnx__node_device_configuration_proto__init)
        message.pointee.configuration_id = try arena.string(configuration.configurationID)
        (message.pointee.n_sharding_spec, message.pointee.sharding_spec) =
            try arena.messages(configuration.shardings, sharding)
        if let stage = configuration.pipelineStage {
            (message.pointee.has_pipeline_stage, message.pointee.pipeline_stage) = (1, stage)
        }
        return message
    }

    private func sharding(
        _ sharding: Sharding
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__ShardingSpecProto> {
        let message = arena.message(onnx__sharding_spec_proto__init)
        message.pointee.tensor_name = try arena.string(sharding.tensorName)
        (message.pointee.n_device, message.pointee.device) = arena.numbers(sharding.devices)
        (message.pointee.n_index_to_device_group_map, message.pointee.index_to_device_group_map) =
            try arena.messages(sharding.deviceGroups, deviceGroup)
        (message.pointee.n_sharded_dim, message.pointee.sharded_dim) = try arena.messages(sharding.axes, axis)
        return message
    }

    private func deviceGroup(
        _ group: Sharding.DeviceGroup
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__IntIntListEntryProto> {
        let message = arena.message(onnx__int_int_list_entry_proto__init)
        (message.pointee.has_key, message.pointee.key) = (1, group.key)
        (message.pointee.n_value, message.pointee.value) = arena.numbers(group.devices)
        return message
    }

    private func axis(
        _ axis: Sharding.Axis
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__ShardedDimProto> {
        let message = arena.message(onnx__sharded_dim_proto__init)
        (message.pointee.has_axis, message.pointee.axis) = (1, axis.axis)
        (message.pointee.n_simple_sharding, message.pointee.simple_sharding) = try arena.messages(axis.parts, part)
        return message
    }

    private func part(
        _ part: Sharding.Part
    ) throws(OnnxProtobufError) -> UnsafeMutablePointer<Onnx__SimpleShardedDimProto> {
        let message = arena.message(onnx__simple_sharded_dim_proto__init)
        switch part.dimension {
        case .fixed(let extent):
            message.pointee.dim_case = ONNX__SIMPLE_SHARDED_DIM_PROTO__DIM_DIM_VALUE
            message.pointee.dim_value = Int64(extent)
        case .symbol(let name):
            message.pointee.dim_case = ONNX__SIMPLE_SHARDED_DIM_PROTO__DIM_DIM_PARAM
            message.pointee.dim_param = try arena.requiredString(name)
        case .unknown: break
        }
        (message.pointee.has_num_shards, message.pointee.num_shards) = (1, part.shardCount)
        return message
    }
}
