import JSON
import Scheduling
import ServingCore
import ServingTransport

/// How a model is run, as Triton's clients ask for it.
///
/// Extents of a batch are not part of `dims`, as `max_batch_size` says that there are some.
///
/// *Source*: Triton, Model Configuration Extension; `model_config.proto`.
let modelConfiguration = modelRoutes("GET", "/config", group: .metadata) { call throws(ServingError) in
    let model = try call.model()
    let count = call.plane.instanceCount(of: model)
    var configuration: JSONObject = [
        "name": .string(model.name),
        "platform": .string(ServedModel.platform),
        "backend": .string(serverName),
        "version_policy": ["all": [:]],
        "max_batch_size": .number(JSONNumber(model.isBatched ? model.rowLimit : 0)),
        "input": .array(model.inputs.map { $0.configuration(of: model) }),
        "output": .array(model.outputs.map { $0.configuration(of: model) }),
        "instance_group": [
            ["name": .string(model.name), "kind": "KIND_CPU", "count": .number(JSONNumber(count))]
        ],
        "default_model_filename": "model.onnx",
        "model_transaction_policy": ["decoupled": false],
    ]
    configuration["dynamic_batching"] = model.dynamicBatching
    return HTTPResponse(.ok, .object(configuration))
}

extension ServedModel {
    /// How requests are put together; `nil` when each runs alone.
    fileprivate var dynamicBatching: JSONValue? {
        guard let batching = policy.batching else { return nil }
        var object: JSONObject = [
            "preferred_batch_size": .array(batching.preferredSizes.map { .number(JSONNumber($0)) }),
            "max_queue_delay_microseconds": .number(JSONNumber(batching.maximumDelay / 1000)),
            "preserve_ordering": false,
        ]
        if let priorities = settings.priorities {
            object["priority_levels"] = .number(JSONNumber(priorities.levelCount))
            object["default_priority_level"] = .number(JSONNumber(priorities.defaultLevel))
        }
        if let limit = policy.waitingLimit {
            object["default_queue_policy"] = ["max_queue_size": .number(JSONNumber(limit))]
        }
        return .object(object)
    }
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
