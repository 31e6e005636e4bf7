import JSON
import ServingCore
import ServingTransport

/// The names of the models.
///
/// *Source*: KServe, V1 Inference Protocol, List Models.
let tensorFlowModels = [
    Route("GET", "/v1/models", group: .metadata) { call in
        HTTPResponse(.ok, ["models": .array(call.plane.repository.names.map { .string($0) })])
    }
]

/// Whether a model is loaded, with the fields of both protocols that have this path.
///
/// *Source*: TensorFlow Serving, RESTful API, Model status API; KServe, V1 Inference Protocol, Model Ready.
let tensorFlowStatus = tensorFlowRoutes("GET", "", group: .metadata) { call throws(ServingError) in
    let model = try call.model()
    let versions = call.parameters["version"].map { [$0] } ?? call.plane.repository.versions(of: model.name).reversed()
    return HTTPResponse(
        .ok,
        [
            "name": .string(model.name),
            "ready": true,
            "model_version_status": .array(
                versions.map { version in
                    [
                        "version": .string(version), "state": "AVAILABLE",
                        "status": ["error_code": "OK", "error_message": ""],
                    ]
                }
            ),
        ]
    )
}

/// The inputs and outputs of a model, as those of a signature.
///
/// *Source*: TensorFlow Serving, RESTful API, Model Metadata API; `GetModelMetadataResponse` and `SignatureDef` as JSON.
let tensorFlowMetadata = tensorFlowRoutes("GET", "/metadata", group: .metadata) { call throws(ServingError) in
    let model = try call.model()
    let signature: JSONValue = [
        "inputs": .object(JSONObject(model.inputs.map { ($0.name, $0.tensorInfo) })),
        "outputs": .object(JSONObject(model.outputs.map { ($0.name, $0.tensorInfo) })),
        "method_name": "tensorflow/serving/predict",
    ]
    return HTTPResponse(
        .ok,
        [
            "model_spec": ["name": .string(model.name), "signature_name": "", "version": .string(model.version)],
            "metadata": ["signature_def": ["signature_def": ["serving_default": signature]]],
        ]
    )
}

extension TensorMetadata {
    /// *Source*: TensorFlow, `meta_graph.proto`, `TensorInfo`, in protobuf's JSON.
    fileprivate var tensorInfo: JSONValue {
        let extents = (dimensions ?? []).map { extent -> JSONValue in ["size": "\(extent ?? -1)", "name": ""] }
        return [
            "dtype": .string(datatype.tensorFlowName),
            "tensor_shape": ["dim": .array(extents), "unknown_rank": .bool(dimensions == nil)],
            "name": .string(name),
        ]
    }
}

extension Datatype {
    /// *Source*: TensorFlow, `types.proto`, `DataType`.
    fileprivate var tensorFlowName: String {
        switch self {
        case .fp16: "DT_HALF"
        case .fp32: "DT_FLOAT"
        case .fp64: "DT_DOUBLE"
        case .bf16: "DT_BFLOAT16"
        case .bytes: "DT_STRING"
        default: "DT_\(rawValue)"
        }
    }
}
