import ServingClient
import ServingCore
import ServingGRPC
import Tensors

private let clause = "Open Inference Protocol, grpc_predict_v2.proto, ModelInferRequest"

/// Requests for inference over gRPC.
let grpcInferenceCases: [ProtocolCase] = [
    .grpc("infer/raw contents", clause, models: [identityFP32]) { server in
        let answer = try infer(server, rowMessage(identityFP32))
        try expectFloats(answer, "OUTPUT0", [1, 2, 3, 4])
        try expect(answer.modelName == identityFP32, "`model_name` is `\(identityFP32)`", got: answer.modelName)
    },
    .grpc("infer/id is repeated", clause, models: [identityFP32]) { server in
        let answer = try infer(server, rowMessage(identityFP32, id: "a 1"))
        try expect(answer.id == "a 1", "`id` is `a 1`", got: "`\(answer.id)`")
    },
    .grpc("infer/two inputs", clause, models: [addSubModelName]) { server in
        let answer = try infer(server, addSubMessage())
        try expectFloats(answer, "SUM", [11, 22, 33, 44])
        try expectFloats(answer, "DIFFERENCE", [9, 18, 27, 36])
    },
    .grpc("infer/chosen output", clause, models: [addSubModelName]) { server in
        let answer = try infer(server, addSubMessage(outputs: ["DIFFERENCE"]))
        let names = answer.outputs.map(\.name)
        try expect(names == ["DIFFERENCE"], "the output `DIFFERENCE` alone", got: "\(names)")
    },
    .grpc("infer/version", clause, models: [versionsModelName]) { server in
        for version in 1...2 {
            let answer = try infer(server, rowMessage(versionsModelName, version: "\(version)"))
            try expectFloats(answer, "OUTPUT0", [1, 2, 3, 4].map { $0 + Float(version) })
        }
    },
    .grpc("infer/unknown fields are passed over", "protobuf, Unknown Fields", models: [identityFP32]) { server in
        let more = message { $0.write(777, "of somebody") }
        try expectFloats(try infer(server, rowMessage(identityFP32) + more), "OUTPUT0", [1, 2, 3, 4])
    },
]

/// Elements of each datatype over gRPC, in each form.
let grpcDatatypeCases: [ProtocolCase] =
    datatypeSamples.map { sample in
        .grpc("raw/\(sample.datatype.rawValue)", "\(clause), raw_input_contents", models: [sample.model]) { server in
            let request = message { writer in
                writer.write(1, sample.model)
                writer.write(5) { $0.write(head: sample.datatype) }
                writer.write(7, bytes: sample.bytes)
            }
            try expectBytes(try infer(server, request), sample)
        }
    }
    + datatypeSamples.compactMap { sample in
        guard let contents = sample.contents else { return nil }
        return .grpc("typed/\(sample.datatype.rawValue)", "\(clause), InferTensorContents", models: [sample.model]) {
            server in
            let request = message { writer in
                writer.write(1, sample.model)
                writer.write(5) { input in
                    input.write(head: sample.datatype)
                    input.write(5) { for bytes in contents.bytes { $0.write(contents.field, bytes: bytes) } }
                }
            }
            try expectBytes(try infer(server, request), sample)
        }
    }

extension MessageWriter {
    /// The name, the datatype and the shape of the input `INPUT0`.
    mutating func write(head datatype: Datatype) {
        write(1, "INPUT0")
        write(2, datatype.rawValue)
        write(3, packed: [1, 4])
    }
}

/// A request with one row for a model of one input.
func rowMessage(_ model: String, version: String = "", id: String = "") -> [UInt8] {
    message { writer in
        writer.write(1, model)
        writer.write(2, version)
        writer.write(3, id)
        writer.write(5) { $0.write(head: .fp32) }
        writer.write(7, bytes: floatBytes([1, 2, 3, 4]))
    }
}

private func addSubMessage(outputs: [String] = []) -> [UInt8] {
    message { writer in
        writer.write(1, addSubModelName)
        for name in ["INPUT0", "INPUT1"] {
            writer.write(5) { input in
                input.write(1, name)
                input.write(2, "FP32")
                input.write(3, packed: [1, 4])
            }
        }
        for output in outputs { writer.write(6) { $0.write(1, output) } }
        writer.write(7, bytes: floatBytes([10, 20, 30, 40]))
        writer.write(7, bytes: floatBytes([1, 2, 3, 4]))
    }
}

private func infer(_ server: ProtocolServer, _ request: [UInt8]) throws -> InferenceAnswer {
    try inferenceAnswer(try server.answer("ModelInfer", request))
}

private func expectFloats(_ answer: InferenceAnswer, _ name: String, _ wanted: [Float]) throws {
    let tensor = answer.outputs.first { $0.name == name }?.tensor
    let elements = try tensor?.elements(as: Float.self) ?? []
    try expect(elements == wanted, "`\(name)` is \(wanted)", got: "\(elements)")
}

private func expectBytes(_ answer: InferenceAnswer, _ sample: DatatypeSample) throws {
    guard let tensor = answer.outputs.first?.tensor else { throw Mismatch("an output", got: "none") }
    var bytes: [UInt8] = []
    appendBinary(tensor, to: &bytes)
    let isSo = tensor.elementType == sample.datatype.elementType && tensor.shape.dimensions == [1, 4]
    try expect(
        isSo && bytes == sample.bytes,
        "`\(sample.datatype.rawValue)` [1, 4] of \(sample.bytes)",
        got: "`\(tensor.elementType.name)` \(tensor.shape) of \(bytes.prefix(64))"
    )
}
