import JSON
import ServingCore
import ServingTransport

/// How a model is run, as Triton's clients ask for it.
///
/// Extents of a batch are not part of `dims`, as `max_batch_size` says that there are some.
///
/// *Source*: Triton, Model Configuration Extension; `model_config.proto`.
let modelConfiguration = modelRoutes("GET", "/config", group: .metadata) { call throws(ServingError) in
    let model = try call.model()
    return HTTPResponse(
        .ok,
        [
            "name": .string(model.name),
            "platform": .string(ServedModel.platform),
            "backend": .string(serverName),
            "version_policy": ["all": [:]],
            "max_batch_size": .number(JSONNumber(model.isBatched ? ServedModel.batchLimit : 0)),
            "input": .array(model.inputs.map { $0.configuration(of: model) }),
            "output": .array(model.outputs.map { $0.configuration(of: model) }),
            "instance_group": [["name": .string(model.name), "kind": "KIND_CPU", "count": 1]],
            "default_model_filename": "model.onnx",
            "model_transaction_policy": ["decoupled": false],
        ]
    )
}

extension TensorMetadata {
    fileprivate func configuration(of model: ServedModel) -> JSONValue {
        [
            "name": .string(name),
            "data_type": .string(datatype.configurationName),
            "dims": .array(configurationExtents(of: model).map { .number(JSONNumber($0)) }),
        ]
    }
}
