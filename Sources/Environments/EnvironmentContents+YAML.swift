import Diagnostics
import YAML

extension EnvironmentManifest {
    mutating func readContents(_ node: YAMLNode) throws {
        let contents = try node.object(
            keys: ["server", "debian", "python", "files", "links", "drop", "certificates"]
        )
        serverPath = try contents["server"].map(imagePath)
        debian = try contents["debian"].map(debianContents)
        python = try contents["python"].map(pythonContents)
        files = try contents["files"]?.elements().map(file) ?? []
        if let node = contents["files"], Set(files.map(\.path)).count < files.count {
            throw EnvironmentError(.manifest, at: node.place, "two files go to one path")
        }
        links = try contents["links"]?.elements().map(link) ?? []
        drop = try contents["drop"]?.elements().map(imagePath) ?? []
        certificates = try contents["certificates"].map(Environments.certificates)
        try checkCertificates(contents["certificates"])
    }

    private func checkCertificates(_ node: YAMLNode?) throws {
        guard let certificates, let node else { return }
        guard debian?.packages.contains(where: { $0.name == certificates.package }) != true else { return }
        throw EnvironmentError(
            .manifest,
            at: node.place,
            "package `\(certificates.package)` of the certificates is not among `packages` of `debian`"
        )
    }
}

private func debianContents(_ node: YAMLNode) throws -> DebianContents {
    let object = try node.object(keys: ["suites", "components", "packages", "exclude", "skip-scripts"])
    return DebianContents(
        suites: try object.required("suites").elements().map(plainName),
        components: try object["components"]?.elements().map(plainName) ?? ["main"],
        packages: try object.required("packages").elements().map(debianPackage),
        exclude: try object["exclude"]?.elements().map(plainName) ?? [],
        skipScripts: try object["skip-scripts"]?.elements().map(plainName) ?? []
    )
}

private func debianPackage(_ node: YAMLNode) throws -> DebianContents.Package {
    if case .scalar = node.content {
        return DebianContents.Package(name: try plainName(node), version: nil, keep: nil)
    }
    let object = try node.object(keys: ["name", "version", "keep"])
    return DebianContents.Package(
        name: try plainName(object.required("name")),
        version: try object["version"]?.text(),
        keep: try object["keep"]?.elements().map(imagePath)
    )
}

private func pythonContents(_ node: YAMLNode) throws -> PythonContents {
    let object = try node.object(
        keys: ["version", "interpreter", "site", "programs", "libc", "requirements", "exclude"]
    )
    let version = try object.required("version")
    let text = try version.text()
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ Int($0).map { (0...99).contains($0) } ?? false }) else {
        throw EnvironmentError(
            .manifest,
            at: version.place,
            "the version of Python has another form, expected such as \"3.11\", got `\(text)`"
        )
    }
    return PythonContents(
        version: text,
        interpreter: "/" + (try object["interpreter"].map(imagePath) ?? "usr/bin/python\(text)"),
        site: try object["site"].map(imagePath) ?? "usr/local/lib/python\(text)/dist-packages",
        programs: try object["programs"].map(imagePath) ?? "usr/local/bin",
        libc: try object["libc"]?.text() ?? "2.36",
        requirements: try texts(object.required("requirements")),
        exclude: try object["exclude"]?.elements().map(plainName) ?? []
    )
}

private func file(_ node: YAMLNode) throws -> EnvironmentManifest.File {
    let object = try node.object(keys: ["source", "path", "permissions"])
    return EnvironmentManifest.File(
        // The form of paths of the image keeps it inside the folder of the manifest too.
        source: try imagePath(object.required("source")),
        path: try imagePath(object.required("path")),
        permissions: try object["permissions"].map(permissions) ?? 0o644
    )
}

private func link(_ node: YAMLNode) throws -> EnvironmentManifest.Link {
    let object = try node.object(keys: ["path", "target", "architecture"])
    let path = try imagePath(object.required("path"))
    let target = try object.required("target")
    var depth = try target.text().hasPrefix("/") ? 0 : path.unicodeScalars.count { $0 == "/" }
    for component in try target.text().unicodeScalars.split(separator: "/").map(String.init) where component != "." {
        depth += component == ".." ? -1 : 1
        guard depth >= 0 else {
            throw EnvironmentError(.manifest, at: target.place, "the link climbs out of the image")
        }
    }
    return EnvironmentManifest.Link(
        path: path,
        target: try target.text(),
        architecture: try object["architecture"].map { try choice($0, of: ["amd64", "arm64"]) }
    )
}

private func certificates(_ node: YAMLNode) throws -> EnvironmentManifest.Certificates {
    let object = try node.object(keys: ["package", "folder", "bundle"])
    return EnvironmentManifest.Certificates(
        package: try object.required("package").text(),
        folder: try imagePath(object.required("folder")),
        bundle: try imagePath(object.required("bundle"))
    )
}
