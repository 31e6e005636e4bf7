import Compression
import Foundation
import JSON
import ServingCore
import ServingHTTP
import ServingTransport
import TestSupport
import Testing

@Suite struct PageTests {
    private let router: Router
    private static let folder = repositoryRoot + "/Sources/ServingHTTP/Page/"
    private static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { !$0.hasSuffix(".swift") }.sorted()

    init() throws { router = try pageRouter(["linear"]) }

    private func get(_ target: String, _ headers: [(name: String, value: String)] = []) -> HTTPResponse {
        router.answer(HTTPRequest("GET", target, headers: headers))
    }

    private func target(of file: String) -> String { file == "index.html" ? "/" : "/page/\(file)" }

    @Test func `a browser gets the page, and a program the paths that there are`() throws {
        let page = get("/", [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")])
        #expect(page.status == .ok)
        #expect(page.header("content-type") == "text/html; charset=utf-8")
        for headers in [[], [("accept", "*/*")]] {
            let response = get("/", headers)
            #expect(response.status == .ok)
            let paths = try JSONValue.parse(response.body)["paths"]
            #expect(paths?["/v2"] == ["GET"])
            #expect(paths?["/v2/logging"] == ["GET", "POST"])
            #expect(paths?["/openapi.json"] == ["GET"])
        }
    }

    @Test(arguments: files)
    func `a file is served as the sources hold it, with what keeps a page safe`(file: String) throws {
        let response = get(target(of: file), [("accept", "text/html")])
        #expect(response.body == (try readBytes(Self.folder + file)))
        #expect(response.header("x-content-type-options") == "nosniff")
        let policy = try #require(response.header("content-security-policy"))
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'; "))
        #expect(!policy.contains("unsafe"))
    }

    @Test(arguments: files)
    func `a file is sent as gzip to those who take it, and not again to those who have it`(file: String) throws {
        let headers = [("accept", "text/html"), ("accept-encoding", "gzip, br")]
        let response = get(target(of: file), headers)
        let whole = try readBytes(Self.folder + file)
        #expect(response.header("content-encoding") == "gzip" || response.body == whole)
        if response.header("content-encoding") == "gzip" {
            #expect(try inflate(response.body, .gzip, limit: 1 << 20, isWhole: true) == whole)
        }
        let tag = try #require(response.header("etag"))
        let again = get(target(of: file), headers + [("if-none-match", "W/\"0\", \(tag)")])
        #expect(again.status == .notModified)
        #expect(again.body.isEmpty)
        #expect(get(target(of: file), headers + [("if-none-match", "W/\"0\"")]).status == .ok)
    }

    @Test func `a file that is not there is not found`() {
        #expect(get("/page/..%2fPage.swift").status == .notFound)
        #expect(get("/page/x.js").error == "the page has no file `x.js`")
    }

    @Test(arguments: files)
    func `no file asks anybody else, or takes text for markup`(file: String) throws {
        let text = String(decoding: try readBytes(Self.folder + file), as: UTF8.self)
            .replacing("http://www.w3.org/2000/svg", with: "")
        let wrong = [
            "http:", "https:", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(",
            "localStorage", "sessionStorage", "style=", "onclick=", "<script>",
        ]
        for word in wrong { #expect(!text.contains(word), "\(word)") }
    }

}

/// A router over models of the fixtures, with the page.
func pageRouter(_ names: [String], control: ModelCatalog.Control = .atStart) throws -> Router {
    let catalog = try ModelCatalog(paths: names.map(servedModelPath), control: control)
    return Router(
        openInferenceRoutes + pageRoutes(describing: openInferenceRoutes),
        plane: DataPlane(catalog)
    )
}
