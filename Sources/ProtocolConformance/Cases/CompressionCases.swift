import Compression
import JSON
import ServingClient

private let clause = "RFC 9110, 8.4; Triton, Compression"

/// Bodies that are compressed.
let compressionCases: [ProtocolCase] =
    [("gzip", DeflateFormat.gzip), ("deflate", .zlib)].flatMap { name, format in
        [
            .http("compression/\(name) of a request", .advised, clause, models: [identityFP32]) { server in
                let body = try DeflateCompressor(format, level: 6).compressed(Array(flatRequest.utf8))
                let answer = try send(server, [("content-encoding", name)], body)
                try checkOutput(server, answer, "OUTPUT0", nil, shape: [2, 4])
            },
            .http("compression/\(name) of an answer", .advised, clause, models: [identityFP32]) { server in
                let answer = try send(server, [("accept-encoding", name)], Array(longRequest.utf8))
                guard answer.status == 200 else { throw Mismatch("status 200", got: answer.words) }
                guard answer.header("content-encoding") == name else {
                    throw Mismatch("`content-encoding: \(name)`", got: answer.header("content-encoding") ?? "none")
                }
                let body = try inflate(answer.body, format, limit: 1 << 24, isWhole: true)
                let plain = HTTPAnswer(status: 200, headers: [], body: body)
                try checkOutput(server, plain, "OUTPUT0", nil, shape: [512, 4])
            },
            .http("compression/\(name) that is cut off", .advised, clause, models: [identityFP32]) { server in
                let body = try DeflateCompressor(format, level: 6).compressed(Array(flatRequest.utf8))
                let answer = try send(server, [("content-encoding", name)], body.dropLast(6))
                try server.expectError(answer, 400...499)
            },
        ] as [ProtocolCase]
    } + [
        .http("compression/an encoding of nobody", .advised, "RFC 9110, 15.5.16", models: [identityFP32]) { server in
            let answer = try send(server, [("content-encoding", "zz9")], Array(flatRequest.utf8))
            try server.expectError(answer, 400...499)
        }
    ]

/// 512 rows.
private let longRequest: String = {
    let elements = (0..<2048).map { "\($0 % 8)" }.joined(separator: ",")
    return "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[512,4],\"datatype\":\"FP32\",\"data\":[\(elements)]}]}"
}()

private func send(
    _ server: ProtocolServer,
    _ headers: [(name: String, value: String)],
    _ body: some Sequence<UInt8>
) throws -> HTTPAnswer {
    try server.post(
        "/v2/models/\(identityFP32)/infer",
        headers: [("content-type", "application/json")] + headers,
        body: Array(body)
    )
}
