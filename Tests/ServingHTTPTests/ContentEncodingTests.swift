import Compression
import ServingHTTP
import ServingTransport
import Testing

@Suite struct ContentEncodingTests {
    private let router: Router
    private static let json = #"{"inputs":[{"name":"X","shape":[1,4],"datatype":"FP32","data":[1,0,0,0]}]}"#

    init() throws { router = Router(plane: try dataPlane(["linear"]), bodyByteLimit: 10_000) }

    private func infer(_ body: [UInt8], _ headers: (name: String, value: String)...) -> HTTPResponse {
        router.answer(HTTPRequest("POST", "/v2/models/linear/infer", headers: headers, body: body))
    }

    private func packed(_ bytes: [UInt8], _ format: DeflateFormat) throws -> [UInt8] {
        try DeflateCompressor(format, level: 6).compressed(bytes)
    }

    @Test(arguments: [("gzip", DeflateFormat.gzip), ("x-gzip", .gzip), ("deflate", .zlib), ("GZIP", .gzip)])
    func `a compressed request is read`(name: String, format: DeflateFormat) throws {
        let response = infer(try packed(Array(Self.json.utf8), format), ("content-encoding", name))
        #expect(response.status == .ok)
        #expect(response.header("content-encoding") == nil)
    }

    @Test func `damaged, long and wrongly named streams are refused`() throws {
        let good = try packed(Array(Self.json.utf8), .gzip)
        for body in [[], [0x1F], Array(good.dropLast()), good + [0], Array("{}".utf8)] {
            #expect(infer(body, ("content-encoding", "gzip")).status == .badRequest, "\(body)")
        }
        #expect(infer(good, ("content-encoding", "deflate")).status == .badRequest)
        let bomb = try packed([UInt8](repeating: 0x20, count: 1 << 20), .gzip)
        #expect(bomb.count < 10_000)
        #expect(infer(bomb, ("content-encoding", "gzip")).status == .lengthTooLarge)
    }

    private static let many =
        "{\"inputs\":[{\"name\":\"X\",\"shape\":[100,4],\"datatype\":\"FP32\",\"data\":["
        + [String](repeating: "1", count: 400).joined(separator: ",") + "]}]}"

    @Test(arguments: [("gzip", DeflateFormat.gzip), ("br, deflate;q=0.5", .zlib), ("gzip;q=0, deflate", .zlib)])
    func `an answer is compressed as the client takes it`(accepted: String, format: DeflateFormat) throws {
        let plain = infer(Array(Self.many.utf8))
        let response = infer(Array(Self.many.utf8), ("accept-encoding", accepted))
        #expect(response.header("content-encoding") == (format == .gzip ? "gzip" : "deflate"))
        #expect(response.body.count < plain.body.count)
        #expect(try inflate(response.body, format, limit: 1 << 20) == plain.body)
    }

    @Test(arguments: ["identity", "br", "gzip;q=0", "gzip;q=0.000", ""])
    func `an answer stays as it is where the client does not take it otherwise`(accepted: String) {
        #expect(infer(Array(Self.many.utf8), ("accept-encoding", accepted)).header("content-encoding") == nil)
        #expect(infer(Array(Self.json.utf8), ("accept-encoding", "gzip")).header("content-encoding") == nil)
    }
}
