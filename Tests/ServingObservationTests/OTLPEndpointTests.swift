import Diagnostics
import ServingObservation
import Testing

@Suite struct OTLPEndpointTests {
    @Test(arguments: [
        ("http://collector:4318", "http://collector:4318/v1/traces"),
        ("http://collector", "http://collector:80/v1/traces"),
        ("http://10.0.0.1:4318/", "http://10.0.0.1:4318/v1/traces"),
        ("http://[::1]:4318/below", "http://[::1]:4318/below/v1/traces"),
    ])
    func `traces are below a path that the standard names`(text: String, url: String) throws {
        #expect(try OTLPEndpoint(text).url == url)
    }

    @Test func `the URL of traces is taken as it is`() throws {
        #expect(try OTLPEndpoint("http://a:1", isOfTraces: true).url == "http://a:1/")
        #expect(try OTLPEndpoint("http://a:1/x", isOfTraces: true).url == "http://a:1/x")
    }

    @Test(arguments: [
        "", "collector:4318", "http://", "http://:4318", "http://a:0", "http://a:65536", "http://a:b", "http://a@b",
        "http://a/?b", "http://a/#b", "http://[::1", "http://a b", "http://a/\r\nx:y",
    ])
    func `another form is refused`(text: String) {
        let error = #expect(throws: ObservationError.self) { try OTLPEndpoint(text) }
        #expect(error?.message == "the URL has another form, expected `http://host:4318`, got `\(text)`")
    }

    @Test func `TLS is not supported`() {
        let error = #expect(throws: ObservationError.self) { try OTLPEndpoint("https://a") }
        #expect(error?.code == .unsupported)
    }

    @Test func `the environment names the server`() throws {
        let resource = try OTLPResource(serviceName: "iris", list: " team = a%20b%2c,service.name=other,x=1=2,")
        let attributes = Dictionary(resource.attributes.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(attributes["service.name"] == "iris")
        #expect(attributes["team"] == "a b,")
        #expect(attributes["x"] == "1=2")
        #expect(try OTLPResource(serviceName: nil).attributes.contains { $0 == ("service.name", "mlpack") })
    }

    @Test(arguments: ["a", "=1", "a=%zz", "a=%f", "a=%ff"])
    func `a list of attributes in another form is refused`(list: String) {
        #expect(throws: ObservationError.self) { try OTLPResource(serviceName: nil, list: list) }
    }
}
