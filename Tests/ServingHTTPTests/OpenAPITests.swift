import JSON
import ServingCore
import ServingHTTP
import ServingTransport
import TestSupport
import Testing
import YAML

/// A parsed YAML document as JSON: plain scalars are numbers, booleans and null where JSON has them.
private func json(_ node: YAMLNode) -> JSONValue {
    switch node.content {
    case .sequence(let elements): .array(elements.map(json))
    case .mapping(let pairs): .object(JSONObject(pairs.map { ($0.key, json($0.value)) }))
    case .scalar(let text, isPlain: false): .string(text)
    case .scalar(let text, isPlain: true): (try? JSONValue.parse(Array(text.utf8))) ?? .string(text)
    }
}

@Suite struct OpenAPITests {
    private let document: JSONValue
    private let router: Router

    init() throws {
        document = json(try parseYAML(try readBytes(repositoryRoot + "/schemas/open-inference.yaml")))
        router = try servedModels(["linear"])
    }

    private var operations: [(method: String, path: String, operation: JSONValue)] {
        (document["paths"]?.object?.members ?? []).flatMap { path in
            (path.value.object?.members ?? []).map { ($0.key.uppercased(), path.key, $0.value) }
        }
    }

    private func resolved(_ path: String) throws -> String {
        var path = path
        for parameter in try #require(document["components"]?["parameters"]?.object).members {
            guard let name = parameter.value["name"]?.string, let example = parameter.value["example"] else { continue }
            path = path.split(separator: "/", omittingEmptySubsequences: false)
                .map { $0 == "{\(name)}" ? example.string ?? example.number?.text ?? "" : String($0) }
                .joined(separator: "/")
        }
        return path
    }

    @Test func `the routes are the paths of the document`() {
        let written = operations.map { "\($0.method) \($0.path)" }.sorted()
        #expect(written == openInferenceRoutes.map { "\($0.method) \($0.path)" }.sorted())
        #expect(Set(written).count == written.count)
    }

    @Test func `every example is answered as it is written`() throws {
        var replayed = 0
        for (method, path, operation) in operations {
            let target = try resolved(path)
            let requests = operation["requestBody"]?["content"]?["application/json"]?["examples"]?.object
            for status in try #require(operation["responses"]?.object).members {
                let examples = status.value["content"]?["application/json"]?["examples"]?.object
                for example in examples?.members ?? [] {
                    let request = requests?[example.key]?["value"]
                    #expect(method == "GET" || request != nil, "\(path): \(example.key)")
                    // The document's own line, so that places in errors are those of the example.
                    let body = request.map { spaced($0) } ?? []
                    let response = router.answer(HTTPRequest(method, target, body: body))
                    #expect("\(response.status.rawValue)" == status.key, "\(path): \(example.key)")
                    #expect(try JSONValue.parse(response.body) == example.value["value"], "\(path): \(example.key)")
                    replayed += 1
                }
            }
        }
        #expect(replayed == 31)
    }

    /// JSON with a space behind commas and colons, as the document has it.
    private func spaced(_ value: JSONValue) -> [UInt8] {
        var isInside = false
        return value.serialized().flatMap { byte -> [UInt8] in
            if byte == UInt8(ascii: "\"") { isInside.toggle() }
            let isPunctuation = byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":")
            return isPunctuation && !isInside ? [byte, UInt8(ascii: " ")] : [byte]
        }
    }

    @Test func `the datatypes are those of the document`() throws {
        let written = try #require(document["components"]?["schemas"]?["Datatype"]?["enum"]?.array)
        #expect(written.compactMap(\.string) == Datatype.allCases.map(\.rawValue))
    }
}
