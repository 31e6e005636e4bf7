import JSON
import ServingCore
import ServingTransport

/// What the models have done since they were loaded: of all, of one, of one version.
///
/// *Source*: Triton, Statistics Extension.
let modelStatistics =
    modelRoutes("GET", "/stats", group: .metadata) { call throws(ServingError) in
        statistics(try call.selectedModels())
    } + [
        Route("GET", "/v2/models/stats", group: .metadata) { call throws(ServingError) in
            statistics(try call.plane.repository.models())
        }
    ]

extension Route.Call {
    /// The version that the path names, or every version of the model that it names.
    fileprivate func selectedModels() throws(ServingError) -> [ServedModel] {
        try plane.repository.models(named: parameters["model"], version: parameters["version"])
    }
}

private func statistics(_ models: [ServedModel]) -> HTTPResponse {
    HTTPResponse(.ok, ["model_stats": .array(models.map(\.statisticsJSON))])
}

extension ServedModel {
    fileprivate var statisticsJSON: JSONValue {
        let counted = statistics.snapshot
        let nothing = ModelStatistics.Sum().json
        return [
            "name": .string(name),
            "version": .string(version),
            "last_inference": .number(JSONNumber(counted.lastInference)),
            "inference_count": .number(JSONNumber(counted.inferenceCount)),
            "execution_count": .number(JSONNumber(counted.executionCount)),
            "inference_stats": [
                "success": counted.success.json,
                "fail": counted.failure.json,
                "queue": counted.queue.json,
                "compute_input": counted.compute.input.json,
                "compute_infer": counted.compute.infer.json,
                "compute_output": counted.compute.output.json,
                "cache_hit": nothing,
                "cache_miss": nothing,
            ],
            "batch_stats": .array(
                counted.batches.sorted { $0.key < $1.key }.map { size, compute in
                    [
                        "batch_size": .number(JSONNumber(size)),
                        "compute_input": compute.input.json,
                        "compute_infer": compute.infer.json,
                        "compute_output": compute.output.json,
                    ]
                }
            ),
            "duration_histogram": counted.histogramJSON,
        ]
    }
}

extension ModelStatistics.Snapshot {
    /// How many answers took at most so many seconds, and longer than the bound before it; `null` stands for no bound.
    fileprivate var histogramJSON: JSONValue {
        let bounds = ModelStatistics.durationBounds.map { JSONValue($0) } + [.null]
        let counts = durations + [success.count - durations.reduce(0, +)]
        return .array(zip(bounds, counts).map { ["le": $0, "count": .number(JSONNumber($1))] })
    }
}

extension ModelStatistics.Sum {
    fileprivate var json: JSONValue {
        ["count": .number(JSONNumber(count)), "ns": .number(JSONNumber(nanoseconds))]
    }
}
