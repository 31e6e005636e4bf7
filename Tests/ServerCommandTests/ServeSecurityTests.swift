import Diagnostics
import ServerCommand
import ServingTransport
import Testing

@Suite struct ServeSecurityTests {
    @Test func `without options everything is open and plain`() throws {
        #expect(try ServeConfiguration(arguments: ["m"]).security == ServeSecurity())
    }

    @Test func `files and origins are taken`() throws {
        let security = try ServeConfiguration(arguments: [
            "m", "--tls-certificate", "a.crt", "--tls-key=a.key", "--tls-client-ca", "ca.crt", "--tls-metrics",
            "--keys",
            "k", "--cors-origin", "https://a.example", "--cors-origin=http://[::1]:3000", "--cors-origin", "*",
        ]).security
        #expect(security.tlsCertificate == "a.crt" && security.tlsKey == "a.key")
        #expect(security.tlsClientAuthorities == "ca.crt" && security.securesMetrics && security.keys == "k")
        #expect(security.origins == ["https://a.example", "http://[::1]:3000", "*"])
    }

    private static let refused: [(arguments: [String], error: String)] = [
        (
            ["--tls-certificate", "a"],
            "`--tls-certificate` stands alone, expected `--tls-certificate` and `--tls-key` with it"
        ),
        (["--tls-key", "a"], "`--tls-key` stands alone, expected `--tls-certificate` and `--tls-key` with it"),
        (
            ["--tls-client-ca", "a"],
            "`--tls-client-ca` stands alone, expected `--tls-certificate` and `--tls-key` with it"
        ),
        (["--tls-metrics"], "`--tls-metrics` stands alone, expected `--tls-certificate` and `--tls-key` with it"),
    ]

    @Test(arguments: refused) func `options that stand alone are refused`(arguments: [String], error: String) {
        #expect {
            try ServeConfiguration(arguments: ["m"] + arguments)
        } throws: {
            "\($0)" == error && ($0 as? any Diagnostic)?.kind == .usage
        }
    }

    private static let noOrigins = [
        "", "null", "a.example", "https://", "https://a.example/", "https://A.example", "ftp://a.example",
        "https://a.example https://b.example",
    ]

    @Test(arguments: noOrigins) func `what is no origin is refused`(text: String) {
        #expect {
            try ServeConfiguration(arguments: ["m", "--cors-origin", text])
        } throws: {
            "\($0)"
                == "`--cors-origin` is no origin, expected one such as `https://example.org`, or `*`, got `\(text)`"
        }
    }
}
