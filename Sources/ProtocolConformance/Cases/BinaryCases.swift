import JSON
import ServingClient
import ServingCore

private let clause = "Triton, Binary Tensor Data Extension"
private let level = ProtocolCase.Level.announced("binary_tensor_data")

/// Tensors as bytes behind the JSON.
let binaryCases: [ProtocolCase] =
    datatypeSamples.map { sample in
        .http("binary/\(sample.datatype.rawValue)", level, clause, models: [sample.model]) { server in
            let input = sample.input("\"parameters\":{\"binary_data_size\":\(sample.bytes.count)}")
            let json = "{\"parameters\":{\"binary_data_output\":true},\"inputs\":[\(input)]}"
            try checkBytes(server, try server.infer(sample.model, json, binary: sample.bytes), sample.bytes)
        }
    } + [
        .http("binary/bytes in, JSON out", level, clause, models: [identityFP32]) { server in
            let answer = try server.infer(identityFP32, binaryRequest(size: 16), binary: rowBytes)
            try checkOutput(server, answer, "OUTPUT0", [1, 2, 3, 4], shape: [1, 4])
        },
        .http("binary/JSON in, bytes out", level, clause, models: [identityFP32]) { server in
            let outputs = ",\"outputs\":[{\"name\":\"OUTPUT0\",\"parameters\":{\"binary_data\":true}}]}"
            let json =
                "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]}]" + outputs
            try checkBytes(server, try server.infer(identityFP32, json), rowBytes)
        },
        .http("binary/one output of two as bytes", level, clause, models: [addSubModelName]) { server in
            let outputs =
                ",\"outputs\":[{\"name\":\"SUM\",\"parameters\":{\"binary_data\":true}},{\"name\":\"DIFFERENCE\"}]"
            let answer = try server.infer(addSubModelName, addSubRequest(outputs))
            try checkOutput(server, answer, "DIFFERENCE", [9, 18, 27, 36], shape: [1, 4])
            try checkBytes(server, answer, floatBytes([11, 22, 33, 44]))
        },
        .http("binary/a body that is the input alone", level, clause + ", Raw Binary Request", models: [identityFP32]) {
            server in
            let answer = try server.post(
                "/v2/models/\(identityFP32)/infer",
                headers: [("inference-header-content-length", "0")],
                body: rowBytes
            )
            try checkBytes(server, answer, rowBytes)
        },
    ]
    + wrongBinaries.map { wrong in
        .http("binary/\(wrong.name)", level, clause, models: [identityFP32]) { server in
            let json = binaryRequest(size: wrong.size)
            let length = wrong.length ?? "\(json.utf8.count)"
            let answer = try server.post(
                "/v2/models/\(identityFP32)/infer",
                headers: [("inference-header-content-length", length)],
                body: Array(json.utf8) + wrong.bytes
            )
            try server.expectError(answer)
            try server.expectAlive()
        }
    }

/// Requests whose sizes are not those of their bytes.
private let wrongBinaries: [(name: String, size: Int, length: String?, bytes: [UInt8])] = [
    ("more bytes than there are", 32, nil, rowBytes),
    ("fewer bytes than the shape takes", 12, nil, Array(rowBytes.prefix(12))),
    ("bytes behind the last input", 16, nil, rowBytes + [0]),
    ("a negative size", -1, nil, rowBytes),
    ("a length of the JSON beyond the body", 16, "100000", rowBytes),
    ("a length of the JSON that is no number", 16, "abc", rowBytes),
    ("a negative length of the JSON", 16, "-5", rowBytes),
]

private let rowBytes = floatBytes([1, 2, 3, 4])

/// Floats as they lie in memory, little-endian.
func floatBytes(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
}

private func binaryRequest(size: Int) -> String {
    "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[1,4],\"datatype\":\"FP32\","
        + "\"parameters\":{\"binary_data_size\":\(size)}}]}"
}

/// Makes sure that the bytes of the only binary output are these.
private func checkBytes(_ server: ProtocolServer, _ answer: HTTPAnswer, _ wanted: [UInt8]) throws {
    let document = try server.document(answer)
    let length = answer.header("inference-header-content-length").flatMap { Int($0) }
    guard let length, length <= answer.body.count else {
        throw Mismatch("the header `inference-header-content-length`", got: answer.words)
    }
    let sizes = (document["outputs"]?.array ?? []).compactMap { $0["parameters"]?["binary_data_size"]?.number?.int }
    try expect(sizes == [wanted.count], "`binary_data_size` is \(wanted.count)", got: answer.words)
    let bytes = Array(answer.body[length...])
    try expect(bytes == wanted, "the bytes \(wanted)", got: "\(bytes.prefix(64))")
}
