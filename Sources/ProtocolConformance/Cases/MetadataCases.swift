import JSON
import ServingClient

/// What the server and its models say of themselves.
let metadataCases: [ProtocolCase] = [
    .http("metadata/server", "Open Inference Protocol, Server Metadata Response JSON Object") { server in
        let answer = try server.get("/v2")
        let document = try server.document(answer)
        let extensions = document["extensions"]?.array
        try expect(
            document["name"]?.string != nil && document["version"]?.string != nil
                && extensions?.allSatisfy({ $0.string != nil }) == true,
            "`name` and `version` as strings, `extensions` as strings in an array",
            got: answer.words
        )
    },
    .http("metadata/model", modelClause, models: [addSubModelName]) { server in
        try checkModel(server, "/v2/models/\(addSubModelName)", inputs: ["INPUT0", "INPUT1"])
    },
    .http("metadata/version", modelClause, models: [versionsModelName]) { server in
        try checkModel(server, "/v2/models/\(versionsModelName)/versions/1", inputs: ["INPUT0"])
    },
    .http("metadata/versions are listed", .advised, modelClause, models: [versionsModelName]) { server in
        let answer = try server.get("/v2/models/\(versionsModelName)")
        let versions = try server.document(answer)["versions"]?.array
        try expect(versions == ["1", "2"], "`versions` is [\"1\", \"2\"]", got: answer.words)
    },
    .http("metadata/unknown model", modelClause) { server in
        try server.expectError(try server.get("/v2/models/conformance_none"))
    },
    .http("metadata/unknown version", modelClause, models: [identityFP32]) { server in
        try server.expectError(try server.get("/v2/models/\(identityFP32)/versions/77"))
    },
    .http("metadata/unknown model is 404", .advised, modelClause) { server in
        try server.expectError(try server.get("/v2/models/conformance_none"), 404...404)
    },
]

private let modelClause = "Open Inference Protocol, Model Metadata Response JSON Object"

private func checkModel(_ server: ProtocolServer, _ path: String, inputs: [String]) throws {
    let answer = try server.get(path)
    let document = try server.document(answer)
    let tensors = document["inputs"]?.array ?? []
    try expect(
        document["name"]?.string != nil && document["platform"]?.string != nil,
        "`name` and `platform` as strings",
        got: answer.words
    )
    try expect(tensors.compactMap { $0["name"]?.string } == inputs, "`inputs` named \(inputs)", got: answer.words)
    for tensor in tensors + (document["outputs"]?.array ?? []) {
        let shape = tensor["shape"]?.array?.compactMap { $0.number?.int }
        try expect(
            tensor["datatype"]?.string == "FP32" && shape == [-1, 4],
            "tensors of `FP32` and the shape [-1, 4]",
            got: answer.words
        )
    }
}
