import OnnxReader
import ServingCore
import ServingTransport

/// What the models say of themselves.
let modelMethods = [
    inferenceMethod("ModelConfig", group: .metadata) { bytes, context throws(ServingError) in
        let model = try ModelRequest(bytes, "ModelConfigRequest").model(context.plane)
        return message { $0.write(1) { $0.write(configurationOf: model) } }
    },
    inferenceMethod("ModelMetadata", group: .metadata) { bytes, context throws(ServingError) in
        let model = try ModelRequest(bytes, "ModelMetadataRequest").model(context.plane)
        return message { writer in
            writer.write(1, model.name)
            for version in context.plane.repository.versions(of: model.name) { writer.write(2, version) }
            writer.write(3, ServedModel.platform)
            for input in model.inputs { writer.write(4) { $0.write(metadata: input) } }
            for output in model.outputs { writer.write(5) { $0.write(metadata: output) } }
        }
    },
    inferenceMethod("ModelReady", group: .metadata) { bytes, context throws(ServingError) in
        let request = try ModelRequest(bytes, "ModelReadyRequest")
        let isReady = (try? request.model(context.plane)) != nil
        return message { $0.write(1, isReady) }
    },
    inferenceMethod("ModelStatistics", group: .metadata) { bytes, context throws(ServingError) in
        let request = try ModelRequest(bytes, "ModelStatisticsRequest")
        let name = request.name.isEmpty ? nil : request.name
        let models = try context.plane.repository.models(named: name, version: request.version)
        return message { writer in
            for model in models { writer.write(1) { $0.write(statisticsOf: model) } }
        }
    },
]

/// A request that names a model, and perhaps a version.
private struct ModelRequest {
    private(set) var name = ""
    private(set) var version: String?

    init(_ bytes: [UInt8], _ message: StaticString) throws(ServingError) {
        try MessageReader.read(bytes, message) { reader, field throws(ServingError) in
            switch field.number {
            case 1: name = try reader.string(field)
            case 2:
                let text = try reader.string(field)
                version = text.isEmpty ? nil : text
            default: return false
            }
            return true
        }
    }

    func model(_ plane: DataPlane) throws(ServingError) -> ServedModel {
        try plane.repository.model(name, version: version)
    }
}

extension MessageWriter {
    /// *Source*: `grpc_predict_v2.proto`, `ModelMetadataResponse.TensorMetadata`.
    fileprivate mutating func write(metadata tensor: TensorMetadata) {
        write(1, tensor.name)
        write(2, tensor.datatype.rawValue)
        write(3, packed: tensor.wireShape)
    }

    /// *Source*: Triton, `model_config.proto`, `ModelConfig`.
    fileprivate mutating func write(configurationOf model: ServedModel) {
        write(1, model.name)
        write(2, ServedModel.platform)
        write(3) { $0.write(2) { _ in } }
        write(4, model.isBatched ? ServedModel.batchLimit : 0)
        for input in model.inputs {
            write(5) { message in
                message.write(1, input.name)
                message.write(2, input.datatype.configurationNumber)
                message.write(4, packed: input.configurationExtents(of: model))
            }
        }
        for output in model.outputs {
            write(6) { message in
                message.write(1, output.name)
                message.write(2, output.datatype.configurationNumber)
                message.write(3, packed: output.configurationExtents(of: model))
            }
        }
        write(7) { message in
            message.write(1, model.name)
            message.write(2, 1)
            // `KIND_CPU`.
            message.write(4, 2)
        }
        write(8, "model.onnx")
        write(17, serverName)
        write(19) { _ in }
    }

    /// *Source*: `grpc_predict_v2.proto`, `ModelStatistics`.
    fileprivate mutating func write(statisticsOf model: ServedModel) {
        let counted = model.statistics.snapshot
        write(1, model.name)
        write(2, model.version)
        write(3, counted.lastInference)
        write(4, counted.inferenceCount)
        write(5, counted.executionCount)
        write(6) { message in
            let sums = [
                counted.success, counted.failure, counted.queue, counted.compute.input, counted.compute.infer,
                counted.compute.output, ModelStatistics.Sum(), ModelStatistics.Sum(),
            ]
            for (index, sum) in sums.enumerated() { message.write(index + 1) { $0.write(sum) } }
        }
        for (size, compute) in counted.batches.sorted(by: { $0.key < $1.key }) {
            write(7) { message in
                message.write(1, size)
                message.write(2) { $0.write(compute.input) }
                message.write(3) { $0.write(compute.infer) }
                message.write(4) { $0.write(compute.output) }
            }
        }
    }

    /// *Source*: `grpc_predict_v2.proto`, `StatisticDuration`.
    private mutating func write(_ sum: ModelStatistics.Sum) {
        write(1, sum.count)
        write(2, sum.nanoseconds)
    }
}
