import Diagnostics
import Downloads
import ServingClient
import Testing

@Suite struct ServerAddressTests {
    struct Form: Sendable {
        let text: String
        let transport: ServerAddress.Transport
        let base: String
        var model: String?
        var version: String?
    }

    @Test(arguments: [
        Form(text: "localhost:8000", transport: .http, base: "http://localhost:8000/"),
        Form(text: "localhost", transport: .http, base: "http://localhost:8000/"),
        Form(text: "http://localhost", transport: .http, base: "http://localhost/"),
        Form(text: "grpc://localhost", transport: .grpc, base: "http://localhost:8001/"),
        Form(text: "grpcs://host:1/v2/models/m", transport: .grpc, base: "https://host:1/", model: "m"),
        Form(text: "https://host/v2", transport: .http, base: "https://host/"),
        Form(text: "host:8000/v2/models/iris", transport: .http, base: "http://host:8000/", model: "iris"),
        Form(
            text: "http://[::1]:8000/v2/models/iris/infer",
            transport: .http,
            base: "http://[::1]:8000/",
            model: "iris"
        ),
        Form(
            text: "http://host/a/b/v2/models/m%20%2F1/versions/3",
            transport: .http,
            base: "http://host/a/b",
            model: "m /1",
            version: "3"
        ),
    ])
    func `an address says the server, the protocol, the model and the version`(form: Form) throws {
        let address = try ServerAddress(parsing: form.text)
        #expect(address.transport == form.transport)
        #expect(address.base.text == form.base)
        #expect(address.model == form.model)
        #expect(address.version == form.version)
    }

    @Test(arguments: [
        ("ftp://host", "the scheme `ftp` is not known"), ("http://user@host/", "the address has another form"),
        ("http://host/v2/health", "the path names no model"), ("host/v2/models", "the path names no model"),
        ("host/v2/models/m/versions", "the path names no model"), ("", "the address has another form"),
    ])
    func `another form is refused`(text: String, words: String) {
        let error = #expect(throws: ClientError.self) { try ServerAddress(parsing: text) }
        #expect(
            error?.description
                == "address `\(text)`: \(words), expected `http://host:8000/v2/models/NAME[/versions/V]`, "
                + "`host:8000` or `grpc://host:8001`"
        )
    }

    @Test func `names become segments of paths`() {
        #expect(modelPath("a b/ü", version: "1.0") == "/v2/models/a%20b%2F%C3%BC/versions/1.0")
    }
}
