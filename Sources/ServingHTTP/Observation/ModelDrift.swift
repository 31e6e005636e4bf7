import Diagnostics
import FeatureStatistics
import JSON
import ServingCore
import ServingObservation
import ServingTransport

/// How far the inputs of a model are from those that it was made with; no part of the Open Inference Protocol.
let modelDrift = modelRoutes("GET", "/drift", group: .metadata) { call throws(ServingError) in
    let model = try call.model()
    guard let drift = model.drift else {
        throw ServingError(
            .unsupported,
            at: .item("model", model.name),
            "the model says nothing of the inputs that it was made with",
            hint: "export it with --reference DATA"
        )
    }
    let inputs = drift.snapshot(at: monotonicNanoseconds()).inputs.map { input -> JSONValue in
        ["name": .string(input.name), "features": .array(input.features.map(\.json))]
    }
    return HTTPResponse(
        .ok,
        [
            "model_name": .string(model.name),
            "model_version": .string(model.version),
            "window_seconds": .number(JSONNumber(DriftMonitor.span / 1_000_000_000)),
            "inputs": .array(inputs),
        ]
    )
}

extension DriftMonitor.Feature {
    fileprivate var json: JSONValue {
        [
            "name": .string(reference.name),
            "psi": stabilityIndex.map { JSONValue($0) } ?? .null,
            "observed": .object(summary.json),
            "reference": .object(reference.summary.json),
        ]
    }
}

extension FeatureSummary {
    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "count": .number(JSONNumber(count)),
            "missing": .number(JSONNumber(missing)),
        ]
        guard count > 0 else { return object }
        object["mean"] = JSONValue(mean)
        object["variance"] = JSONValue(variance)
        object["minimum"] = JSONValue(minimum)
        object["maximum"] = JSONValue(maximum)
        return object
    }
}
