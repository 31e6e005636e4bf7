import Diagnostics
import NIOCore
import ServingTransport
import TestSupport
import Testing

/// Answers with a word.
private struct WordService: HTTPService {
    var isDraining: Bool { false }

    func work(for request: HTTPRequest) -> HTTPWork { .immediate(HTTPResponse(status: .ok, body: Array("yes".utf8))) }
    func response(to refusal: Refusal) -> HTTPResponse { HTTPResponse(status: refusal.status) }
}

@Suite struct TLSServerTests {
    private let certificates: TestCertificates

    init() throws { certificates = try TestCertificates() }

    /// The status of an answer; `nil` when the connection is closed without one.
    private func status(_ server: HTTPServer, _ trust: TLSTrust?) throws -> String? {
        let address = try #require(server.addresses[0].first)
        let bytes = try answer(
            to: Array("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".utf8),
            host: "127.0.0.1",
            port: try #require(address.split(separator: ":").last.flatMap { Int($0) }),
            trust: trust,
            byteCount: 12
        )
        return bytes.count < 12 ? nil : String(decoding: bytes.suffix(3), as: UTF8.self)
    }

    private func serving(_ tls: TLSServer, _ body: (HTTPServer) throws -> Void) throws {
        var limits = ServerLimits()
        limits.lingerTimeout = .milliseconds(10)
        limits.drainTimeout = .seconds(2)
        let server = try HTTPServer(
            [HTTPServer.Endpoint(WordService(), port: 0, tls: tls)],
            host: "127.0.0.1",
            resources: ServerResources(limits)
        )
        defer { server.drain() }
        try body(server)
    }

    @Test func `a client that trusts the authority is answered, and others are not`() throws {
        try serving(try TLSServer(certificates.files())) { (server) throws in
            #expect(try status(server, certificates.trust()) == "200")
            #expect(throws: ServerError.self) { try status(server, certificates.trust("other.crt")) }
            var trust = TLSTrust()
            trust.trustsAll = true
            #expect(try status(server, trust) == "200")
            #expect(try status(server, nil) == nil)
            #expect(try status(server, certificates.trust()) == "200")
        }
    }

    @Test func `where clients have to show a certificate, those alone are answered who have one`() throws {
        try serving(try TLSServer(certificates.files(clients: "ca.crt"))) { (server) throws in
            #expect(try status(server, certificates.trust(as: "client")) == "200")
            // In TLS 1.3 a client learns that it is refused when it reads.
            #expect((try? status(server, certificates.trust())) ?? nil == nil)
            #expect((try? status(server, certificates.trust(as: "other"))) ?? nil == nil)
            #expect(try status(server, certificates.trust(as: "client")) == "200")
        }
    }

    @Test func `files that change are read anew, and a broken pair changes nothing`() throws {
        let tls = try TLSServer(certificates.files())
        try serving(tls) { (server) throws in
            #expect(!tls.contexts.isOutdated)
            try certificates.copy("other.crt", over: "server.crt")
            #expect(tls.contexts.isOutdated)
            #expect(!tls.contexts.isOutdated)
            #expect(throws: ServerError.self) { try tls.contexts.reload() }
            #expect(try status(server, certificates.trust()) == "200")
            try certificates.copy("other.key", over: "server.key")
            #expect(tls.contexts.isOutdated)
            try tls.contexts.reload()
            #expect(throws: ServerError.self) { try status(server, certificates.trust()) }
            #expect(try status(server, certificates.trust("other.crt")) == "200")
        }
    }

    private static let refused: [(certificate: String, key: String, clients: String?, error: String)] = [
        ("no.crt", "server.key", nil, "`no.crt`: opening: no such file or directory"),
        (
            "server.key", "server.key", nil,
            "`server.key`: the file holds `PRIVATE KEY`, expected certificates, `-----BEGIN CERTIFICATE-----`"
        ),
        (
            "extensions", "server.key", nil,
            "`extensions`: the file holds nothing in PEM, expected certificates, `-----BEGIN CERTIFICATE-----`"
        ),
        (
            "server.crt", "server.crt", nil,
            "`server.crt`: the file holds `CERTIFICATE`, expected a private key of RSA or an elliptic curve, "
                + "`-----BEGIN PRIVATE KEY-----`"
        ),
        (
            "server.crt", "other.key", nil,
            "`other.key`: the key is another one, expected that of the first certificate in `server.crt`"
        ),
        (
            "server.crt", "encrypted.key", nil,
            "`encrypted.key`: the key is encrypted, expected one without a passphrase"
        ),
        (
            "server.crt", "traditional.key", nil,
            "`traditional.key`: the key is encrypted, expected one without a passphrase"
        ),
        (
            "server.crt", "server.key", "ca.key",
            "`ca.key`: the file holds `PRIVATE KEY`, expected certificates, `-----BEGIN CERTIFICATE-----`"
        ),
    ]

    @Test func `files that hold something else are refused by name`() throws {
        for (certificate, key, clients, error) in Self.refused {
            #expect {
                try TLSServer(certificates.files(certificate, key, clients: clients))
            } throws: {
                "\($0)".replacing(certificates.folder.path + "/", with: "") == error
            }
        }
    }

    @Test func `files cut off at any place, and noise in PEM, are refused or read and no more`() throws {
        for name in ["server.crt", "server.key"] {
            let cut = "i=0; while [ $i -lt $(wc -c <$1) ]; do head -c $i $1 >cut.$i; i=$((i + 37)); done; ls cut.*"
            for path in try runTool(cut, [name], folder: certificates.folder.path).output.split(separator: "\n") {
                let isKey = name == "server.key"
                let files = certificates.files(isKey ? "server.crt" : String(path), isKey ? String(path) : "server.key")
                #expect((try? TLSServer(files)) == nil, "\(name) \(path)")
            }
        }
    }
}
