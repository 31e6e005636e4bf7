import JSON
import ServingClient
import ServingCore

/// The highest values of an output in place of all.
let classificationCases: [ProtocolCase] = [
    .http(
        "classification/two highest",
        .announced("classification"),
        "Triton, Classification Extension",
        models: [identityFP32]
    ) { server in
        let json =
            "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[0.5,4,1,2]}],"
            + "\"outputs\":[{\"name\":\"OUTPUT0\",\"parameters\":{\"classification\":2}}]}"
        let answer = try server.infer(identityFP32, json)
        let output = try server.document(answer)["outputs"]?.array?.first
        let classes = output?["data"].map { flattened($0).compactMap(\.string) } ?? []
        // A value may be written as `4` or as `4.000000`, and a label may follow.
        let indices = classes.map { $0.split(separator: ":").dropFirst().first.map(String.init) }
        let values = classes.map { $0.split(separator: ":").first.flatMap { Double($0) } }
        try expect(
            output?["datatype"]?.string == "BYTES" && indices == ["1", "3"] && values == [4, 2],
            "`BYTES` of the form `4:1`, `2:3`",
            got: answer.words
        )
    }
]

/// What was counted of models.
let statisticsCases: [ProtocolCase] = [
    .http("statistics/inferences are counted", statistics, statisticsClause, models: [identityFP32]) { server in
        let before = try count(server, "/v2/models/\(identityFP32)/stats")
        _ = try server.document(try server.infer(identityFP32, flatRequest))
        let after = try count(server, "/v2/models/\(identityFP32)/stats")
        try expect(after.success == before.success + 1, "`success.count` one higher", got: "\(before), then \(after)")
    },
    .http("statistics/rows are counted", statistics, statisticsClause, models: [identityFP32]) { server in
        let document = try server.document(try server.get("/v2/models/\(identityFP32)/stats"))
        let entry = document["model_stats"]?.array?.first
        let keys = ["name", "version", "last_inference", "inference_count", "execution_count", "inference_stats"]
        let missing = keys.filter { entry?[$0] == nil }
        try expect(missing.isEmpty, "`model_stats` with \(keys)", got: "none of \(missing)")
        let kinds = ["success", "fail", "queue", "compute_input", "compute_infer", "compute_output"]
        let without = kinds.filter { kind in
            let stat = entry?["inference_stats"]?[kind]
            return stat?["count"]?.number?.uint64 == nil || stat?["ns"]?.number?.uint64 == nil
        }
        try expect(without.isEmpty, "`count` and `ns` of \(kinds)", got: "none of \(without)")
    },
    .http("statistics/of a version", statistics, statisticsClause, models: [versionsModelName]) { server in
        let answer = try server.get("/v2/models/\(versionsModelName)/versions/1/stats")
        let versions = try server.document(answer)["model_stats"]?.array?.compactMap { $0["version"]?.string }
        try expect(versions == ["1"], "the version `1` alone", got: answer.words)
    },
    .http("statistics/of all models", statistics, statisticsClause, models: [identityFP32]) { server in
        let answer = try server.get("/v2/models/stats")
        let names = try server.document(answer)["model_stats"]?.array?.compactMap { $0["name"]?.string } ?? []
        try expect(names.contains(identityFP32), "`\(identityFP32)` among them", got: "\(names)")
    },
    .http("statistics/of an unknown model", statistics, statisticsClause) { server in
        try server.expectError(try server.get("/v2/models/conformance_none/stats"))
    },
]

private let statistics = ProtocolCase.Level.announced("statistics")
private let statisticsClause = "Triton, Statistics Extension"

private func count(_ server: ProtocolServer, _ path: String) throws -> (success: Int, rows: Int) {
    let answer = try server.get(path)
    let entry = try server.document(answer)["model_stats"]?.array?.last
    guard let success = entry?["inference_stats"]?["success"]?["count"]?.number?.int,
        let rows = entry?["inference_count"]?.number?.int
    else { throw Mismatch("`success.count` and `inference_count`", got: answer.words) }
    return (success, rows)
}

/// How models are configured.
let configurationCases: [ProtocolCase] = [
    .http(
        "configuration/of a model",
        .announced("model_configuration"),
        "Triton, Model Configuration Extension",
        models: [identityFP32]
    ) { server in
        let answer = try server.get("/v2/models/\(identityFP32)/config")
        let document = try server.document(answer)
        let input = document["input"]?.array?.first
        try expect(
            document["name"]?.string == identityFP32 && document["max_batch_size"]?.number?.int != nil
                && input?["name"]?.string == "INPUT0" && input?["data_type"]?.string == "TYPE_FP32",
            "`name`, `max_batch_size`, and the input `INPUT0` of `TYPE_FP32`",
            got: answer.words
        )
    },
    .http(
        "configuration/of an unknown model",
        .announced("model_configuration"),
        "Triton, Model Configuration Extension"
    ) { server in try server.expectError(try server.get("/v2/models/conformance_none/config")) },
]

/// What is loaded, and loading and unloading it.
let repositoryCases: [ProtocolCase] = [
    .http("repository/index", repository, repositoryClause, models: [identityFP32]) { server in
        let answer = try server.post("/v2/repository/index", headers: [], body: [])
        let entries = try server.document(answer).array ?? []
        let entry = entries.first { $0["name"]?.string == identityFP32 }
        try expect(entry?["state"]?.string == "READY", "`\(identityFP32)` in the state `READY`", got: answer.words)
    },
    .http("repository/index of what is ready", repository, repositoryClause, models: [identityFP32]) { server in
        let answer = try server.post("/v2/repository/index", "{\"ready\":true}")
        let states = (try server.document(answer).array ?? []).map { $0["state"]?.string }
        try expect(!states.isEmpty && states.allSatisfy { $0 == "READY" }, "models that are `READY`", got: answer.words)
    },
    .http("repository/loading an unknown model", repository, repositoryClause) { server in
        try server.expectError(try server.post("/v2/repository/models/conformance_none/load", "{}"))
    },
    .http("repository/unload and load", repository, repositoryClause, models: [identityModelName(.int8)]) { server in
        let name = identityModelName(.int8)
        let unloaded = try server.post("/v2/repository/models/\(name)/unload", "{}")
        // A server may leave its models to its operator.
        guard unloaded.status == 200 else { throw Skip(reason: "clients may not unload models: \(unloaded.words)") }
        defer { _ = try? server.post("/v2/repository/models/\(name)/load", "{}") }
        try expectReady(server, name, false)
        let loaded = try server.post("/v2/repository/models/\(name)/load", "{}")
        try expect(loaded.status == 200, "status 200", got: loaded.words)
        try expectReady(server, name, true)
    },
]

private let repository = ProtocolCase.Level.announced("model_repository")
private let repositoryClause = "Triton, Model Repository Extension"

/// Makes sure that a model gets ready, or ceases to be; a server may take a moment for what it has begun.
private func expectReady(_ server: ProtocolServer, _ name: String, _ isReady: Bool) throws {
    for _ in 0..<200 where server.has(name) != isReady { pause(milliseconds: 20) }
    try expect(
        server.has(name) == isReady,
        "a model that is \(isReady ? "" : "not ")ready",
        got: "the contrary, after 4 s"
    )
}

/// Parameters of requests.
let parameterCases: [ProtocolCase] =
    [
        ("parameters/a timeout that is long enough", "\"timeout\":60000000"),
        ("parameters/no timeout", "\"timeout\":0"),
        ("parameters/priority", "\"priority\":1"),
    ].map { name, parameter in
        .http(name, .announced("schedule_policy"), "Triton, Schedule Policy Extension", models: [identityFP32]) {
            server in
            let json = "{\"parameters\":{\(parameter)},\(flatRequest.dropFirst())"
            try checkOutput(server, try server.infer(identityFP32, json), "OUTPUT0", nil, shape: [2, 4])
        }
    } + [
        .http("parameters/a timeout of 1 µs", .advised, "Triton, Schedule Policy Extension", models: [identityFP32]) {
            server in
            let answer = try server.infer(identityFP32, "{\"parameters\":{\"timeout\":1},\(flatRequest.dropFirst())")
            if answer.status == 200 {
                try checkOutput(server, answer, "OUTPUT0", nil, shape: [2, 4])
            } else {
                try server.expectError(answer, 500...599)
            }
        },
        .http("parameters/a timeout of text", .advised, "Triton, Schedule Policy Extension", models: [identityFP32]) {
            server in
            let json = "{\"parameters\":{\"timeout\":\"soon\"},\(flatRequest.dropFirst())"
            try server.expectError(try server.infer(identityFP32, json), 400...499)
        },
    ]
