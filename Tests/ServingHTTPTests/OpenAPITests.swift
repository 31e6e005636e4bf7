import Foundation
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

/// A document of routes, with a server that its examples are of.
private struct Document {
    let content: JSONValue
    let routes: [Route]
    let router: Router
    /// What stands for the variable parts of paths.
    let parts: [String: String]

    static func openInference() throws -> Document {
        try Document("open-inference", openInferenceRoutes, servedModels(["linear"]), model: "linear")
    }

    static func dialects() throws -> Document {
        try Document("dialects", dialectRoutes, dialectModels(["columns"]), model: "columns")
    }

    private init(_ name: String, _ routes: [Route], _ router: Router, model: String) throws {
        content = json(try parseYAML(try readBytes(repositoryRoot + "/schemas/\(name).yaml")))
        self.routes = routes
        self.router = router
        parts = ["model": model, "version": "1", "region": "region"]
    }

    var operations: [(method: String, path: String, operation: JSONValue)] {
        (content["paths"]?.object?.members ?? []).flatMap { path in
            (path.value.object?.members ?? []).map { ($0.key.uppercased(), path.key, $0.value) }
        }
    }

    func resolved(_ path: String) -> String {
        parts.reduce(path) { $0.replacingOccurrences(of: "{\($1.key)}", with: $1.value) }
    }

    /// Asks the server what the examples ask, and holds its answers against theirs; how many there are.
    func replay() throws -> Int {
        var replayed = 0
        for (method, path, operation) in operations {
            let requests = operation["requestBody"]?["content"]?["application/json"]?["examples"]?.object
            for status in try #require(operation["responses"]?.object).members {
                let examples = status.value["content"]?["application/json"]?["examples"]?.object
                for example in examples?.members ?? [] {
                    let request = requests?[example.key]?["value"]
                    #expect(method == "GET" || request != nil, "\(path): \(example.key)")
                    // The document's own line, so that places in errors are those of the example.
                    let body = request.map { spaced($0) } ?? []
                    let response = router.answer(HTTPRequest(method, resolved(path), body: body))
                    #expect("\(response.status.rawValue)" == status.key, "\(path): \(example.key)")
                    #expect(try JSONValue.parse(response.body) == example.value["value"], "\(path): \(example.key)")
                    replayed += 1
                }
            }
        }
        return replayed
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
}

@Suite struct OpenAPITests {
    @Test func `the routes are the paths of the documents`() throws {
        for document in [try Document.openInference(), try Document.dialects()] {
            let written = document.operations.map { "\($0.method) \($0.path)" }.sorted()
            #expect(written == document.routes.map { "\($0.method) \($0.path)" }.sorted())
            #expect(Set(written).count == written.count)
        }
    }

    @Test func `every example is answered as it is written`() throws {
        #expect(try Document.openInference().replay() == 31)
        #expect(try Document.dialects().replay() == 23)
    }

    @Test func `the datatypes are those of the document`() throws {
        let schemas = try Document.openInference().content["components"]?["schemas"]
        let written = try #require(schemas?["Datatype"]?["enum"]?.array)
        #expect(written.compactMap(\.string) == Datatype.allCases.map(\.rawValue))
    }
}
