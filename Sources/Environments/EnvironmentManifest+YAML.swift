import ContentStore
import Diagnostics
import OCIArchive
import OCIImage
import YAML

extension EnvironmentManifest {
    /// The `schema` of the manifests that are read here.
    package static let schema = "mlpack.dev/environment/v1"

    private static let keys = [
        "schema", "name", "version", "description", "tags", "architectures", "base", "contents", "accounts", "paths",
        "environment", "entrypoint", "cmd", "work-dir", "stop-signal", "ports", "volumes", "healthcheck", "inference",
        "layers",
    ]

    /// Reads a manifest, in the form of mlpack or in that of Azure ML.
    ///
    /// *Parameter* file: gives the files that the manifest names beside itself, such as Azure's `conda_file`.
    /// *Throws*: with the line and column: unknown keys with a hint, missing keys, values of another form.
    package init(_ bytes: [UInt8], file: (String) throws -> [UInt8] = { throw noFiles($0) }) throws {
        let document = try parseYAML(bytes)
        if isAzureEnvironment(document) {
            self = try azureEnvironment(document, file: file)
        } else {
            try self.init(document)
        }
    }

    private init(_ document: YAMLNode) throws {
        let root = try document.object(keys: Self.keys)
        let schema = try root.required("schema")
        guard try schema.text() == Self.schema else {
            throw EnvironmentError(
                .unsupported,
                at: schema.place,
                "another schema is not read here, expected `\(Self.schema)`, got `\(try schema.text())`"
            )
        }
        let accounts = try root.required("accounts").object(keys: ["run-as", "users", "groups"])
        self.init(
            name: try plainName(root.required("name")),
            version: try root.required("version").text(),
            description: try root.required("description").text(),
            architectures: try distinct(root.required("architectures")) { try choice($0, of: ["amd64", "arm64"]) },
            runAs: try accounts.required("run-as").integer(in: 0...65535),
            users: try accountList(accounts.required("users"), keys: ["name", "id", "home"]),
            groups: try accountList(accounts.required("groups"), keys: ["name", "id"]),
            entrypoint: try texts(root.required("entrypoint"))
        )
        try checkRunAs(accounts.required("run-as"))
        tags = try root["tags"].map(Environments.variables) ?? []
        base = try root["base"].map(baseReference)
        try readContents(root.required("contents"))
        folders = try root["paths"]?.elements().map(folder) ?? []
        variables = try root["environment"].map(Environments.variables) ?? []
        command = try root["cmd"].map(texts) ?? []
        workingFolder = try root["work-dir"].map(absolutePath) ?? "/"
        stopSignal = try root["stop-signal"].map(Environments.stopSignal) ?? "SIGTERM"
        ports = try root["ports"]?.elements().map { try $0.integer(in: 1...65535) } ?? []
        volumes = try root["volumes"]?.elements().map { "/" + (try imagePath($0)) } ?? []
        healthCheck = try root["healthcheck"].map(Environments.healthCheck)
        routes = try root["inference"].map(Environments.routes) ?? Routes()
        if let layers = try root["layers"]?.object(keys: ["budget", "compression"]) {
            // SPEC: containerd and overlayfs take 127 layers; base, server and model need some of them.
            layerBudget = try layers["budget"]?.integer(in: 1...100) ?? layerBudget
            let names = LayerCompression.allCases.map(\.rawValue)
            compression =
                try layers["compression"].flatMap { LayerCompression(rawValue: try choice($0, of: names)) }
                ?? compression
        }
    }
}

extension EnvironmentManifest {
    /// A container whose user has no name has no home either, and some programs refuse to start.
    private func checkRunAs(_ node: YAMLNode) throws {
        guard users.contains(where: { $0.id == runAs }), groups.contains(where: { $0.id == runAs }) else {
            throw EnvironmentError(
                .manifest,
                at: node.place,
                "the container runs as \(runAs), which is not among `users` and `groups`"
            )
        }
    }
}

private func noFiles(_ name: String) -> EnvironmentError {
    EnvironmentError(.manifest, "`\(name)` stands beside no manifest here")
}

/// An image by its digest: another image must not stand in for it later.
private func baseReference(_ node: YAMLNode) throws -> String {
    let text = try node.text()
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, (try? Digest(parsing: String(parts[1]))) != nil else {
        throw EnvironmentError(
            .manifest,
            at: node.place,
            "the base image has no digest, expected `name@sha256:<64 hex digits>`, got `\(text)`",
            hint: "`mlpack image inspect <name>` shows the digest that the name has now"
        )
    }
    return text
}

private func account(_ node: YAMLNode, keys: [String]) throws -> EnvironmentManifest.Account {
    let object = try node.object(keys: keys)
    return EnvironmentManifest.Account(
        name: try plainName(object.required("name")),
        id: try object.required("id").integer(in: 0...65535),
        home: try object["home"].map { "/" + (try homePath($0)) } ?? "/"
    )
}

/// Accounts, none of which stands there twice.
private func accountList(_ node: YAMLNode, keys: [String]) throws -> [EnvironmentManifest.Account] {
    var seen: Set<String> = []
    return try node.elements().map { element in
        let account = try account(element, keys: keys)
        guard seen.insert(account.name).inserted, seen.insert("\(account.id)").inserted else {
            throw EnvironmentError(.manifest, at: element.place, "the name or the id stands there twice")
        }
        return account
    }
}

/// The home of an account, which stands between colons in `/etc/passwd`.
private func homePath(_ node: YAMLNode) throws -> String {
    if try node.text() == "/" { return "" }
    let path = try imagePath(node)
    guard path.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ":") }) else {
        throw EnvironmentError(
            .manifest,
            at: node.place,
            "the home has another form, expected a path without blanks and colons, got `\(path)`"
        )
    }
    return path
}

private func folder(_ node: YAMLNode) throws -> EnvironmentManifest.Folder {
    let object = try node.object(keys: ["path", "permissions", "user", "group"])
    return EnvironmentManifest.Folder(
        path: try imagePath(object.required("path")),
        permissions: try permissions(object.required("permissions")),
        userID: try object["user"]?.integer(in: 0...65535) ?? 0,
        groupID: try object["group"]?.integer(in: 0...65535) ?? 0
    )
}

private func healthCheck(_ node: YAMLNode) throws -> HealthCheck {
    let object = try node.object(keys: ["command", "interval", "timeout", "start-period", "retries"])
    return HealthCheck(
        command: try program(object.required("command")),
        interval: try object["interval"].map(nanoseconds),
        timeout: try object["timeout"].map(nanoseconds),
        startPeriod: try object["start-period"].map(nanoseconds),
        retries: try object["retries"]?.integer(in: 1...1000)
    )
}

private func routes(_ node: YAMLNode) throws -> EnvironmentManifest.Routes {
    let object = try node.object(keys: ["liveness", "readiness", "scoring"])
    return EnvironmentManifest.Routes(
        liveness: try object["liveness"].map(route),
        readiness: try object["readiness"].map(route),
        scoring: try object["scoring"].map(route)
    )
}

/// A path of a port.
func route(_ node: YAMLNode) throws -> EnvironmentManifest.Route {
    let object = try node.object(keys: ["path", "port"])
    return EnvironmentManifest.Route(
        path: try object.required("path").text(),
        port: try object.required("port").integer(in: 1...65535)
    )
}
