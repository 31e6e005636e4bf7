import Diagnostics
import OnnxIR

extension OnnxDecoder {
    /// *Source*: `DeviceConfigurationProto`.
    func deviceConfiguration(
        _ field: WireField,
        of outer: inout WireCursor
    ) throws(OnnxReaderError) -> DeviceConfiguration {
        var cursor = try open(field, of: &outer, as: "DeviceConfigurationProto")
        var configuration = DeviceConfiguration(name: "", deviceCount: 0)
        while let field = try cursor.next() {
            switch field.number {
            case 1: configuration.name = try text(field, of: &cursor)
            case 2: configuration.deviceCount = try cursor.int32(field)
            case 3: configuration.devices.append(try text(field, of: &cursor))
            default: try cursor.skip(field)
            }
        }
        return configuration
    }

    /// *Source*: `NodeDeviceConfigurationProto`.
    func nodeDeviceConfiguration(
        _ field: WireField,
        of outer: inout WireCursor
    ) throws(OnnxReaderError) -> NodeDeviceConfiguration {
        var cursor = try open(field, of: &outer, as: "NodeDeviceConfigurationProto")
        var configuration = NodeDeviceConfiguration(configurationID: "")
        while let field = try cursor.next() {
            switch field.number {
            case 1: configuration.configurationID = try text(field, of: &cursor)
            case 2: configuration.shardings.append(try sharding(field, of: &cursor))
            case 3: configuration.pipelineStage = try cursor.int32(field)
            default: try cursor.skip(field)
            }
        }
        return configuration
    }

    private func sharding(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> Sharding {
        var cursor = try open(field, of: &outer, as: "ShardingSpecProto")
        var sharding = Sharding(tensorName: "")
        while let field = try cursor.next() {
            switch field.number {
            case 1: sharding.tensorName = try text(field, of: &cursor)
            case 2: try cursor.append(to: &sharding.devices, field)
            case 3: sharding.deviceGroups.append(try deviceGroup(field, of: &cursor))
            case 4: sharding.axes.append(try axis(field, of: &cursor))
            default: try cursor.skip(field)
            }
        }
        return sharding
    }

    private func deviceGroup(
        _ field: WireField,
        of outer: inout WireCursor
    ) throws(OnnxReaderError) -> Sharding.DeviceGroup {
        var cursor = try open(field, of: &outer, as: "IntIntListEntryProto")
        var group = Sharding.DeviceGroup(key: 0, devices: [])
        while let field = try cursor.next() {
            switch field.number {
            case 1: group.key = try cursor.int64(field)
            case 2: try cursor.append(to: &group.devices, field)
            default: try cursor.skip(field)
            }
        }
        return group
    }

    private func axis(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> Sharding.Axis {
        var cursor = try open(field, of: &outer, as: "ShardedDimProto")
        var axis = Sharding.Axis(axis: 0, parts: [])
        while let field = try cursor.next() {
            switch field.number {
            case 1: axis.axis = try cursor.int64(field)
            case 2: axis.parts.append(try part(field, of: &cursor))
            default: try cursor.skip(field)
            }
        }
        return axis
    }

    private func part(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> Sharding.Part {
        var cursor = try open(field, of: &outer, as: "SimpleShardedDimProto")
        var part = Sharding.Part(dimension: .unknown, shardCount: 0)
        while let field = try cursor.next() {
            switch field.number {
            case 1: part.dimension = .fixed(Int(try cursor.int64(field)))
            case 2: part.dimension = .symbol(try text(field, of: &cursor))
            case 3: part.shardCount = try cursor.int64(field)
            default: try cursor.skip(field)
            }
        }
        return part
    }
}
