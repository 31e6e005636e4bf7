import JSON
import ServingClient

private let clause = "Open Inference Protocol, Inference Response JSON Error Object"

/// Requests that are wrong, and are answered with an error in the form of the protocol.
let errorCases: [ProtocolCase] =
    wrongRequests.map { wrong in
        .http("error/\(wrong.name)", clause, models: [addSubModelName]) { server in
            try server.expectError(try server.infer(addSubModelName, wrong.json))
            try server.expectAlive()
        }
    }
    + wrongRequests.map { wrong in
        .http("status/\(wrong.name) is 400", .advised, "RFC 9110, 15.5.1", models: [addSubModelName]) { server in
            try server.expectError(try server.infer(addSubModelName, wrong.json), 400...400)
        }
    } + [
        .http("error/unknown model", clause) { server in
            try server.expectError(try server.infer("conformance_none", flatRequest))
        },
        .http("error/unknown version", clause, models: [identityFP32]) { server in
            try server.expectError(try server.infer(identityFP32, version: "77", flatRequest))
        },
        .http("status/unknown model is 404", .advised, "RFC 9110, 15.5.5") { server in
            try server.expectError(try server.infer("conformance_none", flatRequest), 404...404)
        },
        .http("status/unknown path is 404", .advised, "RFC 9110, 15.5.5") { server in
            let answer = try server.get("/v2/of/nobody")
            try expect(answer.status == 404, "status 404", got: answer.words)
        },
        .http("status/another method is 405", .advised, "RFC 9110, 15.5.6", models: [identityFP32]) { server in
            let answer = try server.get("/v2/models/\(identityFP32)/infer")
            try expect(answer.status == 405, "status 405", got: answer.words)
        },
    ]

private let first = "{\"name\":\"INPUT0\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[10,20,30,40]}"

private func second(_ members: String) -> String { "{\"inputs\":[\(first),{\(members)}]}" }

/// Requests that no server can answer otherwise than with an error.
private let wrongRequests: [(name: String, json: String)] = [
    ("broken JSON", "{\"inputs\":[{\"name\":"),
    ("no JSON", "hello"),
    ("JSON that is no object", "[1,2]"),
    ("no inputs", "{\"id\":\"1\"}"),
    ("an input is missing", "{\"inputs\":[\(first)]}"),
    ("an unknown input", second("\"name\":\"NOBODY\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]")),
    ("an input without a name", second("\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]")),
    ("an input without a shape", second("\"name\":\"INPUT1\",\"datatype\":\"FP32\",\"data\":[1,2,3,4]")),
    ("an input without a datatype", second("\"name\":\"INPUT1\",\"shape\":[1,4],\"data\":[1,2,3,4]")),
    ("an input without data", second("\"name\":\"INPUT1\",\"shape\":[1,4],\"datatype\":\"FP32\"")),
    ("an unknown datatype", second("\"name\":\"INPUT1\",\"shape\":[1,4],\"datatype\":\"FP33\",\"data\":[1,2,3,4]")),
    ("another datatype", second("\"name\":\"INPUT1\",\"shape\":[1,4],\"datatype\":\"INT32\",\"data\":[1,2,3,4]")),
    ("another extent", second("\"name\":\"INPUT1\",\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1,2,3]")),
    ("another rank", second("\"name\":\"INPUT1\",\"shape\":[1,1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]")),
    ("too few elements", second("\"name\":\"INPUT1\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3]")),
    ("too many elements", second("\"name\":\"INPUT1\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4,5]")),
    ("text for numbers", second("\"name\":\"INPUT1\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[\"a\",2,3,4]")),
    ("a negative extent", second("\"name\":\"INPUT1\",\"shape\":[-1,-4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]")),
    ("an unknown output", addSubRequest(",\"outputs\":[{\"name\":\"NOBODY\"}]")),
]
