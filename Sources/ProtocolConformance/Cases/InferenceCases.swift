import JSON
import ServingClient

private let request = "Open Inference Protocol, Inference Request JSON Object"
private let response = "Open Inference Protocol, Inference Response JSON Object"
private let tensorData = "Open Inference Protocol, Tensor Data"

/// Requests for inference of the core, in JSON.
let inferenceCases: [ProtocolCase] = [
    .http("infer/flat data", tensorData, models: [identityFP32]) { server in
        let answer = try server.infer(identityFP32, flatRequest)
        try checkOutput(server, answer, "OUTPUT0", [1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 4])
    },
    .http("infer/nested data", tensorData, models: [identityFP32]) { server in
        let json =
            "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[2,4],\"datatype\":\"FP32\","
            + "\"data\":[[1,2,3,4],[5,6,7,8]]}]}"
        try checkOutput(
            server,
            try server.infer(identityFP32, json),
            "OUTPUT0",
            [1, 2, 3, 4, 5, 6, 7, 8],
            shape: [2, 4]
        )
    },
    .http("infer/members in any order", "RFC 8259, 4: objects are unordered", models: [identityFP32]) { server in
        let json =
            "{\"inputs\":[{\"data\":[1,2,3,4],\"datatype\":\"FP32\",\"shape\":[1,4],\"name\":\"INPUT0\"}],\"id\":\"9\"}"
        try checkOutput(server, try server.infer(identityFP32, json), "OUTPUT0", [1, 2, 3, 4], shape: [1, 4])
    },
    .http("infer/name of the model", response, models: [identityFP32]) { server in
        let answer = try server.infer(identityFP32, flatRequest)
        let name = try server.document(answer)["model_name"]?.string
        try expect(name == identityFP32, "`model_name` is `\(identityFP32)`", got: answer.words)
    },
    .http("infer/datatype of the output", response, models: [identityFP32]) { server in
        let answer = try server.infer(identityFP32, flatRequest)
        let datatype = try server.document(answer)["outputs"]?.array?.first?["datatype"]?.string
        try expect(datatype == "FP32", "`datatype` is `FP32`", got: answer.words)
    },
    .http("infer/id is repeated", response, models: [identityFP32]) { server in
        let answer = try server.infer(identityFP32, "{\"id\":\"a 1\",\(flatRequest.dropFirst())")
        let id = try server.document(answer)["id"]?.string
        try expect(id == "a 1", "`id` is `a 1`", got: answer.words)
    },
    .http("infer/two inputs", request, models: [addSubModelName]) { server in
        let answer = try server.infer(addSubModelName, addSubRequest(""))
        try checkOutput(server, answer, "SUM", [11, 22, 33, 44], shape: [1, 4])
        try checkOutput(server, answer, "DIFFERENCE", [9, 18, 27, 36], shape: [1, 4])
    },
    .http("infer/inputs in another order", request, models: [addSubModelName]) { server in
        let json =
            "{\"inputs\":[{\"name\":\"INPUT1\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]},"
            + "{\"name\":\"INPUT0\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[10,20,30,40]}]}"
        try checkOutput(server, try server.infer(addSubModelName, json), "DIFFERENCE", [9, 18, 27, 36], shape: [1, 4])
    },
    .http("infer/chosen output", request, models: [addSubModelName]) { server in
        let answer = try server.infer(addSubModelName, addSubRequest(",\"outputs\":[{\"name\":\"DIFFERENCE\"}]"))
        let names = try server.document(answer)["outputs"]?.array?.compactMap { $0["name"]?.string }
        try expect(names == ["DIFFERENCE"], "the output `DIFFERENCE` alone", got: answer.words)
    },
    .http("infer/version in the path", request, models: [versionsModelName]) { server in
        for version in 1...2 {
            let answer = try server.infer(versionsModelName, version: "\(version)", flatRequest)
            let wanted = (1...8).map { Double($0 + version) }
            try checkOutput(server, answer, "OUTPUT0", wanted, shape: [2, 4])
        }
    },
    .http("infer/without a version", .advised, request, models: [versionsModelName]) { server in
        let answer = try server.infer(versionsModelName, flatRequest)
        let version = try server.document(answer)["model_version"]?.string
        try expect(version == "2", "the highest version, `model_version` is `2`", got: answer.words)
    },
    .http("infer/unknown parameters are passed over", request, models: [identityFP32]) { server in
        let json = "{\"parameters\":{\"of_somebody\":1,\"else\":\"x\",\"flag\":true},\(flatRequest.dropFirst())"
        try checkOutput(server, try server.infer(identityFP32, json), "OUTPUT0", nil, shape: [2, 4])
    },
    .http("infer/no content type", .advised, "RFC 9110, 8.3: tritonclient sends none", models: [identityFP32]) {
        server in
        let answer = try server.post(
            "/v2/models/\(identityFP32)/infer",
            headers: [("content-type", "")],
            body: Array(flatRequest.utf8)
        )
        try checkOutput(server, answer, "OUTPUT0", nil, shape: [2, 4])
    },
    .http("infer/content type of the answer", .advised, "RFC 9110, 8.3", models: [identityFP32]) { server in
        let answer = try server.infer(identityFP32, flatRequest)
        let type = answer.header("content-type") ?? "none"
        try expect(type.hasPrefix("application/json"), "the content type `application/json`", got: "`\(type)`")
    },
    .http("infer/no rows", .advised, tensorData, models: [identityFP32]) { server in
        let json = "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[0,4],\"datatype\":\"FP32\",\"data\":[]}]}"
        try checkOutput(server, try server.infer(identityFP32, json), "OUTPUT0", [], shape: [0, 4])
    },
]

/// Two rows for a model of one input.
let flatRequest =
    "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[2,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4,5,6,7,8]}]}"

/// A row for each input of the model that adds and subtracts; `more` stands behind them.
func addSubRequest(_ more: String) -> String {
    "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[10,20,30,40]},"
        + "{\"name\":\"INPUT1\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]}]\(more)}"
}

/// Makes sure of an output in JSON: its shape, and its elements where they are given.
func checkOutput(
    _ server: ProtocolServer,
    _ answer: HTTPAnswer,
    _ name: String,
    _ wanted: [Double]?,
    shape: [Int]
) throws {
    let outputs = try server.document(answer)["outputs"]?.array ?? []
    let output = outputs.first { $0["name"]?.string == name }
    let extents = output?["shape"]?.array?.compactMap { $0.number?.int }
    try expect(extents == shape, "an output `\(name)` of shape \(shape)", got: answer.words)
    guard let wanted else { return }
    let elements = output?["data"].map { flattened($0).compactMap { $0.number?.double } }
    try expect(elements == wanted, "`data` of `\(name)` is \(wanted)", got: answer.words)
}
