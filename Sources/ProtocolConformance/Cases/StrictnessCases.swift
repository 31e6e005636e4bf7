import JSON
import ServingClient
import ServingCore

/// JSON that readers take for different things, and numbers that their datatypes do not hold.
let strictnessCases: [ProtocolCase] =
    documents.map { document in
        .http("strict/\(document.name)", .advised, document.clause, models: [identityFP32]) { server in
            let answer = try server.post(
                "/v2/models/\(identityFP32)/infer",
                headers: [("content-type", "application/json")],
                body: document.bytes
            )
            try server.expectError(answer, 400...499)
            try server.expectAlive()
        }
    }
    + numbers.map { number in
        .http(
            "strict/\(number.datatype.rawValue) of \(number.text)",
            .advised,
            "Open Inference Protocol, Tensor Data Types: the range of the datatype",
            models: [identityModelName(number.datatype)]
        ) { server in
            let json =
                "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[1,4],\"datatype\":\"\(number.datatype.rawValue)\","
                + "\"data\":[1,1,1,\(number.text)]}]}"
            try server.expectError(try server.infer(identityModelName(number.datatype), json), 400...499)
        }
    }

private struct Document: Sendable {
    let name: String
    let clause: String
    let bytes: [UInt8]

    init(_ name: String, _ clause: String, _ json: String) {
        self.name = name
        self.clause = clause
        bytes = Array(json.utf8)
    }

    init(_ name: String, _ clause: String, _ bytes: [UInt8]) {
        self.name = name
        self.clause = clause
        self.bytes = bytes
    }
}

private func input(_ members: String, _ more: String = "") -> String { "{\"inputs\":[{\(members)}]\(more)}" }

private let good = "\"name\":\"INPUT0\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]"

private let documents: [Document] = [
    Document("a key twice", "RFC 8259, 4", input(good, ",\"id\":\"1\",\"id\":\"2\"")),
    Document("data twice", "RFC 8259, 4", input(good + ",\"data\":[5,6,7,8]")),
    Document("an input twice", "Open Inference Protocol, Request Input", "{\"inputs\":[{\(good)},{\(good)}]}"),
    Document("text behind the end", "RFC 8259, 2", input(good) + "{}"),
    Document("a comma too many", "RFC 8259, 5", "{\"inputs\":[{\(good)},]}"),
    Document("bare NaN", "RFC 8259, 6", input(good.replacing(",3,4]", with: ",3,NaN]"))),
    Document("a leading zero", "RFC 8259, 6", input(good.replacing(",3,4]", with: ",3,04]"))),
    Document("a control character in a string", "RFC 8259, 7", input(good, ",\"id\":\"a\u{1}b\"")),
    Document("half a surrogate pair", "RFC 8259, 8.2", input(good, ",\"id\":\"\\ud800\"")),
    Document(
        "bytes that are not UTF-8",
        "RFC 8259, 8.1",
        Array(input(good, ",\"id\":\"").utf8.dropLast()) + [0xFF, 0xFE] + Array("\"}".utf8)
    ),
    Document("no body", "RFC 8259, 2", []),
    Document(
        "a shape of fractions",
        "Open Inference Protocol, Request Input",
        input(good.replacing("[1,4],", with: "[1,4.5],"))
    ),
    Document(
        "a shape of text",
        "Open Inference Protocol, Request Input",
        input(good.replacing("[1,4],", with: "\"1,4\","))
    ),
    Document(
        "ragged data",
        "Open Inference Protocol, Tensor Data",
        input(good.replacing("[1,2,3,4]", with: "[[1,2],[3,4]]"))
    ),
    Document("an id of numbers", "Open Inference Protocol, Inference Request", input(good, ",\"id\":7")),
    Document(
        "parameters that are no object",
        "Open Inference Protocol, Parameters",
        input(good, ",\"parameters\":[1]")
    ),
]

private let numbers: [(datatype: Datatype, text: String)] = [
    (.int8, "128"), (.int8, "1.5"), (.uint8, "-1"), (.int32, "2147483648"), (.int64, "9223372036854775808"),
    (.uint64, "-1"), (.fp32, "true"), (.bool, "2"), (.bytes, "5"),
]

extension String {
    /// The text with each occurrence of a part replaced.
    fileprivate func replacing(_ part: String, with other: String) -> String {
        var (result, rest) = ([UInt8](), Array(utf8)[...])
        let wanted = Array(part.utf8)
        while let byte = rest.first {
            if rest.starts(with: wanted) {
                result += Array(other.utf8)
                rest = rest.dropFirst(wanted.count)
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
