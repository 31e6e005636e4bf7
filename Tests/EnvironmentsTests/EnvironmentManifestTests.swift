import Diagnostics
import Environments
import Foundation
import TestSupport
import Testing

@Suite struct EnvironmentManifestTests {
    static func text() throws -> String {
        String(
            decoding: try Data(
                contentsOf: URL(fileURLWithPath: repositoryRoot + "/images/onnx-serve/environment.yaml")
            ),
            as: UTF8.self
        )
    }

    private func error(_ old: String, _ new: String) throws -> String {
        let text = try Self.text()
        try #require(text.contains(old))
        let bytes = Array(text.replacingOccurrences(of: old, with: new).utf8)
        do {
            _ = try EnvironmentManifest(bytes)
            return "no error"
        } catch let error as any Diagnostic {
            return DiagnosticText(error.within(.file("environment.yaml"))).description
        }
    }

    @Test func `the environment of the repository is read`() throws {
        let manifest = try EnvironmentManifest(Array(Self.text().utf8))
        #expect(manifest.name == "onnx-serve")
        #expect(manifest.serverPath == "usr/bin/mlpack-serve")
        #expect(manifest.packages.map(\.name) == ["ca-certificates"])
        #expect(manifest.certificates?.bundle == "etc/ssl/certs/ca-certificates.crt")
        #expect(manifest.runAs == 65532)
        #expect(manifest.folders.map(\.permissions) == [0o700, 0o1777])
        #expect(manifest.entrypoint == ["/usr/bin/mlpack-serve"])
        #expect(manifest.ports == [8000])
    }

    static let mistakes: [(old: String, new: String, text: String)] = [
        (
            "entrypoint: [", "entrypont: [",
            "error: `environment.yaml`:40:1: unknown key `entrypont`\nhint: did you mean `entrypoint`?"
        ),
        (
            "schema: mlpack.dev/environment/v1", "schema: mlpack.dev/environment/v9",
            "error: `environment.yaml`:2:9: another schema is not read here, expected `mlpack.dev/environment/v1`, "
                + "got `mlpack.dev/environment/v9`"
        ),
        (
            "ports: [8000]", "ports: [80000]",
            "error: `environment.yaml`:44:9: the value has another form, expected a whole number from 1 to 65535, "
                + "got `80000`"
        ),
        (
            "server: /usr/bin/mlpack-serve", "server: /usr/../../bin/mlpack-serve",
            "error: `environment.yaml`:10:11: the path has another form, expected one inside the image without `..`, "
                + "got `/usr/../../bin/mlpack-serve`"
        ),
        (
            "name: onnx-serve", "name: ../onnx",
            "error: `environment.yaml`:3:7: the name has another form, expected letters, digits, `-`, `_`, `.`, `+`, "
                + "got `../onnx`"
        ),
        (
            "package: ca-certificates", "package: other",
            "error: `environment.yaml`:18:5: package `other` of the certificates is not among `packages` of `debian`"
        ),
        ("name: onnx-serve\n", "", "error: `environment.yaml`:2:1: the key `name` is missing"),
    ]

    @Test(arguments: mistakes) func `a mistake is named with its line and column`(
        old: String,
        new: String,
        text: String
    ) throws {
        #expect(try error(old, new) == text)
    }

    @Test func `truncation never traps`() throws {
        let bytes = Array(try Self.text().utf8)
        for count in stride(from: 0, to: bytes.count, by: 5) { _ = try? EnvironmentManifest(Array(bytes[..<count])) }
    }
}
