import Archives
import Diagnostics
import YAML

extension EnvironmentManifest {
    /// The `schema` of the manifests that are read here.
    package static let schema = "mlpack.dev/environment/v1"

    /// Reads a manifest.
    ///
    /// *Throws*: with the line and column: unknown keys with a hint, missing keys, values of another form.
    package init(_ bytes: [UInt8]) throws {
        let keys = [
            "schema", "name", "version", "description", "architectures", "contents", "accounts", "paths", "environment",
            "entrypoint", "cmd", "work-dir", "stop-signal", "ports",
        ]
        let root = try parseYAML(bytes).object(keys: keys)
        let schema = try root.required("schema")
        guard try schema.text() == Self.schema else {
            throw EnvironmentError(
                .unsupported,
                at: schema.place,
                "another schema is not read here, expected `\(Self.schema)`, got `\(try schema.text())`"
            )
        }
        name = try plainName(root.required("name"))
        version = try root.required("version").text()
        description = try root.required("description").text()
        architectures = try texts(root.required("architectures"))

        let contents = try root.required("contents").object(keys: ["server", "debian", "certificates"])
        serverPath = try path(contents.required("server"))
        let debian = try contents["debian"]?.object(keys: ["suites", "components", "packages"])
        suites = try debian.map { try texts($0.required("suites")) } ?? []
        components = try debian?["components"].map(texts) ?? ["main"]
        packages = try debian.map { try $0.required("packages").elements().map(Self.package) } ?? []
        certificates = try contents["certificates"].map(Self.certificates)

        let accounts = try root.required("accounts").object(keys: ["run-as", "users", "groups"])
        runAs = try accounts.required("run-as").integer(in: 0...65535)
        users = try accounts.required("users").elements().map { try Self.account($0, keys: ["name", "id", "home"]) }
        groups = try accounts.required("groups").elements().map { try Self.account($0, keys: ["name", "id"]) }
        folders = try root["paths"]?.elements().map(Self.folder) ?? []
        variables = try root["environment"]?.pairs().map { Variable(name: $0.key, value: try $0.value.text()) } ?? []
        entrypoint = try texts(root.required("entrypoint"))
        command = try root["cmd"].map(texts) ?? []
        workingFolder = try root["work-dir"]?.text() ?? "/"
        stopSignal = try root["stop-signal"]?.text() ?? "SIGTERM"
        ports = try root["ports"]?.elements().map { try $0.integer(in: 1...65535) } ?? []
        try checkCertificates(contents["certificates"])
    }

    private func checkCertificates(_ node: YAMLNode?) throws {
        guard let certificates, let node, !packages.contains(where: { $0.name == certificates.package }) else { return }
        throw EnvironmentError(
            .manifest,
            at: node.place,
            "package `\(certificates.package)` of the certificates is not among `packages` of `debian`"
        )
    }

    private static func package(_ node: YAMLNode) throws -> Package {
        let object = try node.object(keys: ["name", "keep"])
        return Package(
            name: try plainName(object.required("name")),
            keep: try object["keep"]?.elements().map(path) ?? []
        )
    }

    private static func certificates(_ node: YAMLNode) throws -> Certificates {
        let object = try node.object(keys: ["package", "folder", "bundle"])
        return Certificates(
            package: try object.required("package").text(),
            folder: try path(object.required("folder")),
            bundle: try path(object.required("bundle"))
        )
    }

    private static func account(_ node: YAMLNode, keys: [String]) throws -> Account {
        let object = try node.object(keys: keys)
        return Account(
            name: try plainName(object.required("name")),
            id: try object.required("id").integer(in: 0...65535),
            home: try object["home"]?.text() ?? "/"
        )
    }

    private static func folder(_ node: YAMLNode) throws -> Folder {
        let object = try node.object(keys: ["path", "permissions", "user", "group"])
        return Folder(
            path: try path(object.required("path")),
            permissions: UInt32(try object.required("permissions").integer(in: 0...0o7777)),
            userID: try object["user"]?.integer(in: 0...65535) ?? 0,
            groupID: try object["group"]?.integer(in: 0...65535) ?? 0
        )
    }
}

private func texts(_ node: YAMLNode) throws -> [String] { try node.elements().map { node throws in try node.text() } }

/// A path of the image, with or without a slash in front.
private func path(_ node: YAMLNode) throws -> String {
    let text = try node.text()
    let relative = String(text.drop { $0 == "/" })
    guard let path = try? archivePath(relative), !path.isEmpty else {
        throw EnvironmentError(
            .manifest,
            at: node.place,
            "the path has another form, expected one inside the image without `..`, got `\(text)`"
        )
    }
    return path
}

/// A name that is safe in paths and in colon-separated files.
private func plainName(_ node: YAMLNode) throws -> String {
    let text = try node.text()
    let isPlain = text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "-_.+".utf8.contains(byte)
    }
    guard isPlain, !text.hasPrefix("."), !text.isEmpty else {
        throw EnvironmentError(
            .manifest,
            at: node.place,
            "the name has another form, expected letters, digits, `-`, `_`, `.`, `+`, got `\(text)`"
        )
    }
    return text
}
