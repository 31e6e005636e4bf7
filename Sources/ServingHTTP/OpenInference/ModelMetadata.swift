import JSON
import ServingCore
import ServingTransport

/// The inputs and outputs of a model.
let modelMetadata = modelRoutes("GET", "", group: .metadata) { call throws(ServingError) in
    let model = try call.model()
    var metadata: JSONObject = [
        "name": .string(model.name),
        "versions": .array(call.plane.repository.versions(of: model.name).map { .string($0) }),
        "platform": .string(ServedModel.platform),
        "inputs": .array(model.inputs.map(\.json)),
        "outputs": .array(model.outputs.map(\.json)),
    ]
    if !model.featureNames.isEmpty {
        let names = JSONValue.array(model.featureNames.map { .string($0) })
        metadata["properties"] = ["feature_names": .string(String(decoding: names.serialized(), as: UTF8.self))]
    }
    return HTTPResponse(.ok, .object(metadata))
}

extension TensorMetadata {
    fileprivate var json: JSONValue {
        [
            "name": .string(name),
            "datatype": .string(datatype.rawValue),
            "shape": .array(wireShape.map { .number(JSONNumber($0)) }),
        ]
    }
}
