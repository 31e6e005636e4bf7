extension Datatype {
    /// The name in a model's configuration: `TYPE_FP32`.
    ///
    /// *Source*: Triton, `model_config.proto`, `DataType`.
    package var configurationName: String { self == .bytes ? "TYPE_STRING" : "TYPE_\(rawValue)" }

    /// The number of that name.
    package var configurationNumber: Int {
        switch self {
        case .bool: 1
        case .uint8: 2
        case .uint16: 3
        case .uint32: 4
        case .uint64: 5
        case .int8: 6
        case .int16: 7
        case .int32: 8
        case .int64: 9
        case .fp16: 10
        case .fp32: 11
        case .fp64: 12
        case .bytes: 13
        case .bf16: 14
        }
    }
}

extension TensorMetadata {
    /// The extents as the configuration of a model has them: without that of a batch, -1 where they vary.
    package func configurationExtents(of model: ServedModel) -> [Int] {
        model.isBatched ? Array(wireShape.dropFirst()) : wireShape
    }
}
