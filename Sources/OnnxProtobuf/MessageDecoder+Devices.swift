import COnnxProto
import OnnxIR

extension MessageDecoder {
    func deviceConfiguration(_ message: Onnx__DeviceConfigurationProto) -> DeviceConfiguration {
        DeviceConfiguration(
            name: text(message.name),
            deviceCount: message.num_devices,
            devices: texts(message.n_device, message.device)
        )
    }

    func nodeDeviceConfiguration(
        _ message: Onnx__NodeDeviceConfigurationProto
    ) throws(OnnxProtobufError) -> NodeDeviceConfiguration {
        NodeDeviceConfiguration(
            configurationID: text(message.configuration_id),
            shardings: try list(message.n_sharding_spec, message.sharding_spec, sharding),
            pipelineStage: message.has_pipeline_stage == 0 ? nil : message.pipeline_stage
        )
    }

    private func sharding(_ message: Onnx__ShardingSpecProto) throws(OnnxProtobufError) -> Sharding {
        Sharding(
            tensorName: text(message.tensor_name),
            devices: numbers(message.n_device, message.device),
            deviceGroups: try list(message.n_index_to_device_group_map, message.index_to_device_group_map) { group in
                Sharding.DeviceGroup(key: group.key, devices: numbers(group.n_value, group.value))
            },
            axes: try list(message.n_sharded_dim, message.sharded_dim, axis)
        )
    }

    private func axis(_ message: Onnx__ShardedDimProto) throws(OnnxProtobufError) -> Sharding.Axis {
        Sharding.Axis(
            axis: message.axis,
            parts: try list(message.n_simple_sharding, message.simple_sharding) { part in
                let dimension: Dimension =
                    switch part.dim_case {
                    case ONNX__SIMPLE_SHARDED_DIM_PROTO__DIM_DIM_VALUE: .fixed(Int(part.dim_value))
                    case ONNX__SIMPLE_SHARDED_DIM_PROTO__DIM_DIM_PARAM: .symbol(text(part.dim_param))
                    default: .unknown
                    }
                return Sharding.Part(dimension: dimension, shardCount: part.num_shards)
            }
        )
    }
}
