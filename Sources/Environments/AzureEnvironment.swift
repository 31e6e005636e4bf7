import Diagnostics
import YAML

/// Whether a manifest is one of Azure ML: it has no `schema` of ours, and one of the keys that say what to build from.
func isAzureEnvironment(_ document: YAMLNode) -> Bool {
    guard case .mapping(let pairs) = document.content else { return false }
    let keys = pairs.map(\.key)
    return !keys.contains("schema") && keys.contains { ["$schema", "image", "build", "conda_file"].contains($0) }
}

/// The environment that an environment YAML of Azure ML describes, as far as an image without commands can be it.
///
/// With `conda_file`, Debian's Python and wheels of PyPI stand in for conda's packages, and for the image below them;
/// what that changes is in the notes. Without it, the image is the base, and has to have a digest.
///
/// *Throws*: `unsupported` naming what does not map: `build`, Windows, conda packages that PyPI has not by that name.
/// *Source*: Azure Machine Learning CLI (v2) environment YAML schema.
func azureEnvironment(_ document: YAMLNode, file: (String) throws -> [UInt8]) throws -> EnvironmentManifest {
    let root = try document.object(
        keys: [
            "$schema", "name", "version", "description", "tags", "image", "build", "conda_file", "os_type",
            "inference_config",
        ]
    )
    try checkBuild(root)
    var manifest = EnvironmentManifest(
        azureName: try plainName(root.required("name")),
        version: try root["version"]?.text() ?? "1",
        description: try root["description"]?.text() ?? ""
    )
    manifest.tags = try root["tags"].map(variables) ?? []
    manifest.routes = try root["inference_config"].map(azureRoutes) ?? .init()
    manifest.ports = Array(
        Set([manifest.routes.liveness, manifest.routes.readiness, manifest.routes.scoring].compactMap { $0?.port })
    ).sorted()
    if let node = root["conda_file"] {
        try manifest.read(CondaFile(node, file: file))
        if case .scalar = node.content { manifest.companions = [try imagePath(node)] }
        if let image = root["image"] {
            manifest.notes.append(
                "the packages of Debian and PyPI stand in for the image `\(try image.text())` and for conda's"
            )
        }
    } else {
        manifest.base = try azureImage(root.required("image"))
    }
    return manifest
}

/// *Throws*: `unsupported` for images that are made by commands, or not for Linux.
private func checkBuild(_ root: YAMLObject) throws {
    if let build = root["build"] {
        throw EnvironmentError(
            .unsupported,
            at: build.place,
            "`build` runs the commands of a Dockerfile, which images here never do",
            hint: "name what they install in an environment of mlpack's: `mlpack environment init <name>`"
        )
    }
    if let system = root["os_type"], try system.text().lowercased() != "linux" {
        throw EnvironmentError(
            .unsupported,
            at: system.place,
            "the operating system is not supported, expected `linux`, got `\(try system.text())`"
        )
    }
}

private func azureImage(_ node: YAMLNode) throws -> String {
    let text = try node.text()
    guard text.contains("@sha256:") else {
        throw EnvironmentError(
            .unsupported,
            at: node.place,
            "the image has no digest, so that another could stand in for it later, expected `name@sha256:…`, "
                + "got `\(text)`",
            hint: "`mlpack image inspect \(text)` shows the digest that the name has now"
        )
    }
    return text
}

private func azureRoutes(_ node: YAMLNode) throws -> EnvironmentManifest.Routes {
    let object = try node.object(keys: ["liveness_route", "readiness_route", "scoring_route"])
    return EnvironmentManifest.Routes(
        liveness: try object["liveness_route"].map(route),
        readiness: try object["readiness_route"].map(route),
        scoring: try object["scoring_route"].map(route)
    )
}

extension EnvironmentManifest {
    /// An environment of nothing yet that runs as a user of its own, on both architectures.
    fileprivate init(azureName name: String, version: String, description: String) {
        self.init(
            name: name,
            version: version,
            description: description,
            architectures: ["amd64", "arm64"],
            runAs: 65532,
            users: [
                .init(name: "root", id: 0, home: "/"), .init(name: "nonroot", id: 65532, home: "/home/nonroot"),
                .init(name: "nobody", id: 65534, home: "/"),
            ],
            groups: [
                .init(name: "root", id: 0, home: "/"), .init(name: "nonroot", id: 65532, home: "/"),
                .init(name: "nogroup", id: 65534, home: "/"),
            ],
            entrypoint: []
        )
        folders = [
            .init(path: "home/nonroot", permissions: 0o700, userID: 65532, groupID: 65532),
            .init(path: "tmp", permissions: 0o1777, userID: 0, groupID: 0),
        ]
    }

    /// Puts Debian's Python and the requirements of a conda file into the manifest.
    fileprivate mutating func read(_ conda: CondaFile) throws {
        let release = try conda.debianRelease()
        let python = conda.python
        debian = DebianContents(
            suites: [release, "\(release)-updates", "\(release)-security"],
            packages: [
                "ca-certificates", "libpython\(python)-stdlib", "python\(python)-minimal", "tzdata", "libgomp1",
            ].map { DebianContents.Package(name: $0, version: nil, keep: nil) },
            exclude: ["debconf", "dpkg"]
        )
        drop = ["usr/share/doc/**/*.gz", "usr/share/locale/**", "usr/share/man/**", "usr/lib/*/gconv/**"]
        certificates = Certificates(
            package: "ca-certificates",
            folder: "usr/share/ca-certificates",
            bundle: "etc/ssl/certs/ca-certificates.crt"
        )
        variables = [Variable(name: "SSL_CERT_FILE", value: "/etc/ssl/certs/ca-certificates.crt")]
        self.python = PythonContents(
            version: python,
            interpreter: "/usr/bin/python\(python)",
            site: "usr/local/lib/python\(python)/dist-packages",
            libc: release == "bookworm" ? "2.36" : "2.41",
            requirements: conda.requirements
        )
        entrypoint = ["/usr/bin/python\(python)"]
        notes += conda.notes
    }
}
