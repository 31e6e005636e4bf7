import Compression
import JSON
import OnnxReader
import ServingClient
import ServingCore
import ServingGRPC

private let clause = "gRPC, Status codes and their use in gRPC"

/// Calls that are wrong, and end with a status that says so.
let grpcErrorCases: [ProtocolCase] =
    wrongCalls.map { wrong in
        .grpc("error/\(wrong.name)", "Open Inference Protocol, Errors over gRPC", models: [identityFP32]) { server in
            try server.expectFailure(try server.call("ModelInfer", wrong.message))
            _ = try server.answer("ServerLive", [])
        }
    }
    + wrongCalls.map { wrong in
        let names = wrong.statuses.map(grpcStatusName).joined(separator: " or ")
        return .grpc("status/\(wrong.name) is \(names)", .advised, clause, models: [identityFP32]) { server in
            try server.expectFailure(try server.call("ModelInfer", wrong.message), wrong.statuses)
        }
    } + [
        .grpc("status/unknown method is UNIMPLEMENTED", clause) { server in
            try server.expectFailure(try server.call("OfNobody", []), [12])
        },
        .grpc("status/metadata of an unknown model is NOT_FOUND", .advised, clause) { server in
            try server.expectFailure(try server.call("ModelMetadata", message { $0.write(1, "conformance_none") }), [5])
        },
        .grpc("error/a message that is longer than it says", .advised, "gRPC over HTTP2, Length-Prefixed-Message") {
            server in
            guard let grpc = server.grpc else { return }
            let outcome = try grpc.call(
                "inference.GRPCInferenceService/ServerLive",
                body: [0, 0, 0, 0, 9, 1],
                headers: []
            )
            try server.expectFailure(outcome)
        },
        .grpc("compression/gzip of a message", .advised, "gRPC, Compression", models: [identityFP32]) { server in
            guard let grpc = server.grpc else { return }
            let bytes = try DeflateCompressor(.gzip, level: 6).compressed(rowMessage(identityFP32))
            let outcome = try grpc.call(
                "inference.GRPCInferenceService/ModelInfer",
                body: framed(bytes, isCompressed: true),
                headers: [("grpc-encoding", "gzip")]
            )
            try expect(outcome.status == 0, "status OK", got: outcome.text)
        },
        .grpc("compression/an encoding of nobody is UNIMPLEMENTED", .advised, "gRPC, Compression") { server in
            guard let grpc = server.grpc else { return }
            let outcome = try grpc.call(
                "inference.GRPCInferenceService/ServerLive",
                body: framed([1, 2, 3], isCompressed: true),
                headers: [("grpc-encoding", "zz9")]
            )
            try server.expectFailure(outcome, [12])
        },
    ]

private let wrongCalls: [(name: String, statuses: [Int], message: [UInt8])] = [
    ("unknown model", [5], rowMessage("conformance_none")),
    ("unknown version", [5], rowMessage(identityFP32, version: "77")),
    ("no inputs", [3], message { $0.write(1, identityFP32) }),
    ("unknown input", [3], call("NOBODY", "FP32", [1, 4], raw: [floatBytes([1, 2, 3, 4])])),
    ("unknown datatype", [3], call("INPUT0", "FP33", [1, 4], raw: [floatBytes([1, 2, 3, 4])])),
    ("another datatype", [3], call("INPUT0", "INT32", [1, 4], raw: [floatBytes([1, 2, 3, 4])])),
    ("another extent", [3], call("INPUT0", "FP32", [1, 3], raw: [floatBytes([1, 2, 3])])),
    ("a negative extent", [3], call("INPUT0", "FP32", [-1, -4], raw: [floatBytes([1, 2, 3, 4])])),
    ("a shape whose product overflows", [3], call("INPUT0", "FP32", [1 << 62, 1 << 62], raw: [floatBytes([1])])),
    ("too few bytes", [3], call("INPUT0", "FP32", [1, 4], raw: [floatBytes([1, 2, 3])])),
    ("no raw contents and no typed ones", [3], call("INPUT0", "FP32", [1, 4], raw: [])),
    ("more raw contents than inputs", [3], call("INPUT0", "FP32", [1, 4], raw: [floatBytes([1, 2, 3, 4]), [1]])),
    (
        "raw and typed contents together", [3],
        call("INPUT0", "FP32", [1, 4], raw: [floatBytes([1, 2, 3, 4])], typed: true)
    ),
    ("a message that is none", [3, 13], [0xFF, 0xFF, 0xFF]),
]

private func call(_ name: String, _ datatype: String, _ shape: [Int], raw: [[UInt8]], typed: Bool = false) -> [UInt8] {
    message { writer in
        writer.write(1, identityFP32)
        writer.write(5) { input in
            input.write(1, name)
            input.write(2, datatype)
            input.write(3, packed: shape)
            if typed { input.write(5) { $0.write(6, bytes: floatBytes([1, 2, 3, 4])) } }
        }
        for bytes in raw { writer.write(7, bytes: bytes) }
    }
}

/// Calls of extensions.
let grpcExtensionCases: [ProtocolCase] = [
    .grpc("statistics/of a model", .announced("statistics"), "Triton, ModelStatistics", models: [identityFP32]) {
        server in
        let answer = try server.answer("ModelStatistics", message { $0.write(1, identityFP32) })
        try expect(!answer.isEmpty, "`model_stats`", got: "none")
    },
    .grpc("configuration/of a model", .announced("model_configuration"), "Triton, ModelConfig", models: [identityFP32])
    {
        server in
        let answer = try server.answer("ModelConfig", message { $0.write(1, identityFP32) })
        try expect(!answer.isEmpty, "`config`", got: "none")
    },
    .grpc("repository/index", .announced("model_repository"), "Triton, RepositoryIndex", models: [identityFP32]) {
        server in
        let answer = try server.answer("RepositoryIndex", [])
        try expect(!answer.isEmpty, "`models`", got: "none")
    },
    .grpc("stream/each request has its answer", .advised, "Triton, ModelStreamInfer", models: [identityFP32]) {
        server in
        let answers = try stream(server, [rowMessage(identityFP32, id: "1"), rowMessage(identityFP32, id: "2")])
        try expect(answers.map(\.id) == ["1", "2"], "answers with the ids 1 and 2", got: "\(answers)")
    },
    .grpc("stream/goes on after an error", .advised, "Triton, ModelStreamInfer", models: [identityFP32]) { server in
        let requests = [rowMessage("conformance_none"), rowMessage(identityFP32, id: "2")]
        let answers = try stream(server, requests)
        let isSo = answers.count == 2 && answers.first?.error.isEmpty == false && answers.last?.id == "2"
        try expect(isSo, "an error, and an answer with the id 2", got: "\(answers)")
    },
]

/// What is answered in a stream: the text of an error, or the id of an answer.
private func stream(_ server: ProtocolServer, _ requests: [[UInt8]]) throws -> [(error: String, id: String)] {
    guard let grpc = server.grpc else { return [] }
    let outcome = try grpc.call("inference.GRPCInferenceService/ModelStreamInfer", requests)
    guard outcome.status == 0 else { throw Mismatch("status OK", got: outcome.text) }
    var answers: [(error: String, id: String)] = []
    for bytes in outcome.messages {
        var answer = (error: "", id: "")
        try MessageReader.read(bytes, "ModelStreamInferResponse") { reader, field throws(ServingError) in
            switch field.number {
            case 1: answer.error = try reader.string(field)
            case 2:
                try reader.message(field, "ModelInferResponse") { reader, field throws(ServingError) in
                    guard field.number == 3 else { return false }
                    answer.id = try reader.string(field)
                    return true
                }
            default: return false
            }
            return true
        }
        answers.append(answer)
    }
    return answers
}
