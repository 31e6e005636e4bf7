/// A set of devices that a model may be spread over: what `DeviceConfigurationProto` holds.
package struct DeviceConfiguration: Sendable, Hashable {
    package var name: String
    package var deviceCount: Int32
    /// Names of the devices, as many as there are or none.
    package var devices: [String]

    /// A set of devices.
    package init(name: String, deviceCount: Int32, devices: [String] = []) {
        self.name = name
        self.deviceCount = deviceCount
        self.devices = devices
    }
}

/// How a node is spread over the devices of a configuration: what `NodeDeviceConfigurationProto` holds.
package struct NodeDeviceConfiguration: Sendable, Hashable {
    package var configurationID: String
    package var shardings: [Sharding]
    package var pipelineStage: Int32?

    /// A node's part in a configuration.
    package init(configurationID: String, shardings: [Sharding] = [], pipelineStage: Int32? = nil) {
        self.configurationID = configurationID
        self.shardings = shardings
        self.pipelineStage = pipelineStage
    }
}

/// How one input or output of a node is cut and copied: what `ShardingSpecProto` holds.
package struct Sharding: Sendable, Hashable {
    /// An entry of `index_to_device_group_map`: a key that `devices` names and the devices it stands for.
    package struct DeviceGroup: Sendable, Hashable {
        package var key: Int64
        package var devices: [Int64]

        /// A group.
        package init(key: Int64, devices: [Int64]) {
            self.key = key
            self.devices = devices
        }
    }

    /// An axis that is cut: what `ShardedDimProto` holds.
    package struct Axis: Sendable, Hashable {
        package var axis: Int64
        package var parts: [Part]

        /// A cut axis.
        package init(axis: Int64, parts: [Part]) {
            self.axis = axis
            self.parts = parts
        }
    }

    /// A part of an axis, in that many shards: what `SimpleShardedDimProto` holds.
    package struct Part: Sendable, Hashable {
        package var dimension: Dimension
        package var shardCount: Int64

        /// A part.
        package init(dimension: Dimension, shardCount: Int64) {
            self.dimension = dimension
            self.shardCount = shardCount
        }
    }

    package var tensorName: String
    package var devices: [Int64]
    package var deviceGroups: [DeviceGroup]
    package var axes: [Axis]

    /// A sharding.
    package init(tensorName: String, devices: [Int64] = [], deviceGroups: [DeviceGroup] = [], axes: [Axis] = []) {
        self.tensorName = tensorName
        self.devices = devices
        self.deviceGroups = deviceGroups
        self.axes = axes
    }
}
