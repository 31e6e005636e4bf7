import Archives
package import DebianPackages
import Diagnostics
package import Environments
import Files
package import OCIArchive
import OCIImage

/// The layers of an environment below the model: what is common to all of its images, and the server.
package struct EnvironmentTrees: Sendable {
    /// Accounts, folders, certificates and what else comes from Debian packages.
    package let ground: LayerTree
    /// `mlpack-serve` alone, so that a new server leaves the rest as it is.
    package let server: LayerTree

    /// Lays the files out.
    ///
    /// *Throws*: `certificates` when there are none, and the errors of layers.
    package init(
        _ manifest: EnvironmentManifest,
        packages: [(lock: EnvironmentLock.Package, package: DebianPackage)],
        server executable: ServerExecutable
    ) throws {
        var ground = LayerTree()
        for (lock, package) in packages {
            let keep = manifest.packages.first { $0.name == lock.name }?.keep ?? []
            for item in package.items
            where keep.contains(where: { item.entry.path == $0 || item.entry.path.hasPrefix($0 + "/") }) {
                try add(item, to: &ground)
            }
            // What scanners of images read where there is no dpkg database.
            try add("var/lib/dpkg/status.d/\(lock.name)", text(package), to: &ground)
        }
        if let certificates = manifest.certificates {
            try add(certificates.bundle, try bundle(certificates, packages), to: &ground)
        }
        try add("etc/passwd", passwd(manifest), to: &ground)
        try add("etc/group", manifest.groups.map { "\($0.name):x:\($0.id):\n" }.joined(), to: &ground)
        for folder in manifest.folders {
            try ground.add(
                folder.path,
                .folder,
                mode: folder.permissions,
                userID: folder.userID,
                groupID: folder.groupID
            )
        }
        self.ground = ground

        var server = LayerTree()
        let content = LayerTree.Content.file(FileBlob(path: executable.path), byteCount: executable.byteCount)
        try server.add(manifest.serverPath, content, mode: 0o755)
        self.server = server
    }
}

private func add(_ path: String, _ text: String, to tree: inout LayerTree) throws {
    let bytes = Array(text.utf8)
    try tree.add(path, .file(MemoryBlob(bytes), byteCount: bytes.count), mode: 0o644)
}

private func add(_ item: DebianPackage.Item, to tree: inout LayerTree) throws {
    let content: LayerTree.Content =
        switch item.entry.kind {
        case .file: item.content.map { .file(FileRangeBlob($0), byteCount: $0.byteCount) } ?? .folder
        case .folder: .folder
        case .symbolicLink(let target): .symbolicLink(target: target)
        case .hardLink, .other:
            throw ImageBuilderError(
                .architecture,
                at: .item("path", item.entry.path),
                "hard links and devices of a package are not supported"
            )
        }
    try tree.add(
        item.entry.path,
        content,
        mode: item.entry.mode,
        userID: item.entry.userID,
        groupID: item.entry.groupID
    )
}

private func text(_ package: DebianPackage) -> String {
    String(decoding: package.controlFiles["control"] ?? [], as: UTF8.self)
}

private func passwd(_ manifest: EnvironmentManifest) -> String {
    manifest.users.map { "\($0.name):x:\($0.id):\($0.id):\($0.name):\($0.home):/sbin/nologin\n" }.joined()
}

/// All certificates of a package in one file, as `update-ca-certificates` puts them together.
private func bundle(
    _ certificates: EnvironmentManifest.Certificates,
    _ packages: [(lock: EnvironmentLock.Package, package: DebianPackage)]
) throws -> String {
    let items = packages.first { $0.lock.name == certificates.package }?.package.items ?? []
    let found = items.filter { $0.entry.path.hasPrefix(certificates.folder + "/") && $0.entry.path.hasSuffix(".crt") }
        .sorted { $0.entry.path.utf8.lexicographicallyPrecedes($1.entry.path.utf8) }
    guard !found.isEmpty else {
        throw ImageBuilderError(
            .certificates,
            at: .item("package", certificates.package),
            "there is no `.crt` file in `\(certificates.folder)`"
        )
    }
    return try found.map { item in
        let bytes = try item.content.map { try FileRangeBlob($0).bytes(limit: 1 << 20) } ?? []
        let text = String(decoding: bytes, as: UTF8.self)
        return text.hasSuffix("\n") ? text : text + "\n"
    }.joined()
}
