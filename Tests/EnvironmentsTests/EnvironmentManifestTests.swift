import Diagnostics
import Environments
import Foundation
import OCIArchive
import OCIImage
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
        #expect(manifest.debian?.packages.map(\.name) == ["ca-certificates"])
        #expect(manifest.debian?.packages.first?.keep == ["usr/share/doc/ca-certificates/copyright"])
        #expect(manifest.certificates?.bundle == "etc/ssl/certs/ca-certificates.crt")
        #expect(manifest.runAs == 65532)
        #expect(manifest.folders.map(\.permissions) == [0o700, 0o1777])
        #expect(manifest.entrypoint == ["/usr/bin/mlpack-serve"])
        #expect(manifest.ports == [8000, 8001, 8002])
    }

    @Test(arguments: ["SIGINT", "SIGRTMIN", "SIGRTMIN+15", "SIGRTMAX-14", "9", "64"])
    func `a signal that ends a container is one of Linux`(signal: String) throws {
        let text = try Self.text().replacingOccurrences(of: "stop-signal: SIGTERM", with: "stop-signal: \(signal)")
        #expect(try EnvironmentManifest(Array(text.utf8)).stopSignal == signal)
    }

    static let mistakes: [(old: String, new: String, text: String)] = [
        (
            "entrypoint: [", "entrypont: [",
            "error: `environment.yaml`:41:1: unknown key `entrypont`\nhint: did you mean `entrypoint`?"
        ),
        (
            "schema: mlpack.dev/environment/v1", "schema: mlpack.dev/environment/v9",
            "error: `environment.yaml`:3:9: another schema is not read here, expected `mlpack.dev/environment/v1`, "
                + "got `mlpack.dev/environment/v9`"
        ),
        (
            "ports: [8000, 8001, 8002]", "ports: [80000]",
            "error: `environment.yaml`:46:9: the value has another form, expected a whole number from 1 to 65535, "
                + "got `80000`"
        ),
        (
            "work-dir: /", "work-dir: srv",
            "error: `environment.yaml`:43:11: the path has another form, expected one that starts with `/` and does not "
                + "climb, got `srv`"
        ),
        (
            "stop-signal: SIGTERM", "stop-signal: TERM",
            "error: `environment.yaml`:44:14: the signal is not known, expected one such as `SIGTERM`, `SIGRTMIN+3` or a "
                + "number from 1 to 64, got `TERM`\nhint: did you mean `SIGTERM`?"
        ),
        (
            "stop-signal: SIGTERM", "stop-signal: 65",
            "error: `environment.yaml`:44:14: the signal is not known, expected one such as `SIGTERM`, `SIGRTMIN+3` or a "
                + "number from 1 to 64, got `65`"
        ),
        (
            "ports: [8000, 8001, 8002]", "healthcheck: {command: []}",
            "error: `environment.yaml`:46:24: the command is empty, expected a program and its arguments"
        ),
        (
            "server: /usr/bin/mlpack-serve", "server: /usr/../../bin/mlpack-serve",
            "error: `environment.yaml`:11:11: the path has another form, expected one inside the image without `..`, "
                + "got `/usr/../../bin/mlpack-serve`"
        ),
        (
            "name: onnx-serve", "name: ../onnx",
            "error: `environment.yaml`:4:7: the name has another form, expected letters, digits, `-`, `_`, `.`, `+`, "
                + "got `../onnx`"
        ),
        (
            "package: ca-certificates", "package: other",
            "error: `environment.yaml`:19:5: package `other` of the certificates is not among `packages` of `debian`"
        ),
        (
            "architectures: [amd64, arm64]", "architectures: [amd64, arm]",
            "error: `environment.yaml`:7:24: the value is not known, expected one of `amd64`, `arm64`, got `arm`"
        ),
        (
            "architectures: [amd64, arm64]", "architectures: [arm64, arm64]",
            "error: `environment.yaml`:7:24: `arm64` stands there twice"
        ),
        (
            "  certificates:", "  links: [{path: /opt/l, target: ../../etc/passwd}]\n  certificates:",
            "error: `environment.yaml`:18:34: the link climbs out of the image"
        ),
        (
            "permissions: 0o700", "permissions: 700",
            "error: `environment.yaml`:35:40: the permissions are decimal, expected octal ones such as `0o700`"
        ),
        (
            "run-as: 65532", "run-as: 1000",
            "error: `environment.yaml`:24:11: the container runs as 1000, which is not among `users` and `groups`"
        ),
        (
            "home: /home/nonroot", "home: \"/home:/bin/sh\"",
            "error: `environment.yaml`:27:40: the home has another form, expected a path without blanks and colons, got "
                + "`home:/bin/sh`"
        ),
        (
            "work-dir: /", "work-dir: /\nhealthcheck: {command: [a], interval: 30}",
            "error: `environment.yaml`:44:39: the time has another form, expected such as `30s`, `500ms` or `2m`, up to "
                + "a day, got `30`"
        ),
        (
            "contents:", "base: debian:12\ncontents:",
            "error: `environment.yaml`:9:7: the base image has no digest, expected `name@sha256:<64 hex digits>`, got "
                + "`debian:12`\nhint: `mlpack image inspect <name>` shows the digest that the name has now"
        ),
        ("name: onnx-serve\n", "", "error: `environment.yaml`:3:1: the key `name` is missing"),
    ]

    @Test(arguments: mistakes) func `a mistake is named with its line and column`(
        old: String,
        new: String,
        text: String
    ) throws {
        #expect(try error(old, new) == text)
    }

    @Test func `everything that a manifest can say is read`() throws {
        let manifest = try EnvironmentManifest(Array(Self.complete.utf8))
        #expect(manifest.tags == [.init(name: "team", value: "vision")])
        #expect(manifest.base == "ghcr.io/acme/base@sha256:" + String(repeating: "a", count: 64))
        #expect(manifest.serverPath == nil)
        let debian = try #require(manifest.debian)
        #expect(debian.packages.map(\.name) == ["python3.11-minimal", "libgomp1", "tzdata"])
        #expect(debian.packages.map(\.version) == [nil, "12.2.0-14", nil])
        #expect(debian.packages.map(\.keep) == [nil, nil, ["usr/share/zoneinfo/UTC"]])
        #expect(debian.components == ["main"])
        #expect(debian.exclude == ["debconf"] && debian.skipScripts == ["libc6"])
        let python = try #require(manifest.python)
        #expect(python.interpreter == "/usr/bin/python3.11")
        #expect(python.site == "usr/local/lib/python3.11/dist-packages")
        #expect(python.requirements == ["numpy>=2", "onnxruntime"])
        #expect(python.exclude == ["coloredlogs"])
        #expect(manifest.files == [.init(source: "score.py", path: "app/score.py", permissions: 0o755)])
        #expect(manifest.links == [.init(path: "usr/bin/python", target: "python3.11")])
        #expect(manifest.drop == ["usr/share/man/**"])
        #expect(manifest.volumes == ["/data"])
        #expect(manifest.healthCheck?.test == ["CMD", "/bin/true"])
        #expect(manifest.healthCheck?.interval == 90_000_000_000)
        #expect(manifest.healthCheck?.retries == 2)
        #expect(manifest.routes.scoring == .init(path: "/score", port: 5001))
        #expect(manifest.layerBudget == 3 && manifest.compression == .zstd)
    }

    private static let complete = """
        schema: mlpack.dev/environment/v1
        name: mine
        version: "2"
        description: All of it
        tags: {team: vision}
        architectures: [arm64]
        base: ghcr.io/acme/base@sha256:\(String(repeating: "a", count: 64))
        contents:
          debian:
            suites: [bookworm]
            packages:
              - python3.11-minimal
              - {name: libgomp1, version: 12.2.0-14}
              - {name: tzdata, keep: [/usr/share/zoneinfo/UTC]}
            exclude: [debconf]
            skip-scripts: [libc6]
          python:
            version: "3.11"
            requirements: ["numpy>=2", onnxruntime]
            exclude: [coloredlogs]
          files: [{source: score.py, path: /app/score.py, permissions: 0o755}]
          links: [{path: /usr/bin/python, target: python3.11}]
          drop: [usr/share/man/**]
        accounts: {run-as: 1000, users: [{name: me, id: 1000, home: /home/me}], groups: [{name: me, id: 1000}]}
        entrypoint: [/usr/bin/python3.11]
        cmd: [/app/score.py]
        volumes: [/data]
        healthcheck: {command: [/bin/true], interval: 90s, retries: 2}
        inference: {scoring: {path: /score, port: 5001}}
        layers: {budget: 3, compression: zstd}

        """

    @Test func `truncation never traps`() throws {
        let bytes = Array(try Self.text().utf8)
        for count in stride(from: 0, to: bytes.count, by: 5) { _ = try? EnvironmentManifest(Array(bytes[..<count])) }
    }
}
