import JSON
import ServingClient
import ServingCore

/// Elements of each datatype in JSON, extremes among them.
let datatypeCases: [ProtocolCase] = datatypeSamples.filter { $0.json != nil }.map { sample in
    .http(
        "datatype/\(sample.datatype.rawValue)",
        "Open Inference Protocol, Tensor Data Types",
        models: [sample.model]
    ) { server in
        let json = "{\"inputs\":[\(sample.input("\"data\":\(sample.json ?? "")"))]}"
        let answer = try server.infer(sample.model, json)
        let output = try server.document(answer)["outputs"]?.array?.first
        try expect(
            output?["datatype"]?.string == sample.datatype.rawValue,
            "the datatype `\(sample.datatype.rawValue)`",
            got: answer.words
        )
        guard let data = output?["data"] else { throw Mismatch("`data`", got: answer.words) }
        try expect(sample.matches(data), "the elements \(sample.json ?? "")", got: answer.words)
    }
}
