import ContentStore
import DebianPackages
import Diagnostics
import Environments
import Files
import JSON
import OCIArchive
import OCIImage
import PythonPackages
import Threads

/// The layers of an environment for one architecture: what stands below the server and the model.
struct EnvironmentLayers {
    private let environment: CuratedEnvironment
    private let architecture: String
    private let fetcher: EnvironmentFetcher
    private var manifest: EnvironmentManifest { environment.manifest }

    /// The layers of an environment.
    init(_ environment: CuratedEnvironment, architecture: String, _ fetcher: EnvironmentFetcher) {
        self.environment = environment
        self.architecture = architecture
        self.fetcher = fetcher
    }

    /// The layers, bottom first, from the cache when the same manifest and lock made them before.
    ///
    /// *Returns*: the layers, and the outline of what they hold.
    /// *Throws*: `lock` for a package that is another than its lock says, `conflict` for a path that two bring, and the
    /// errors of locks, downloads, packages and layers.
    func made() throws -> (entries: [LayerCache.Entry], outline: RootOutline) {
        let lock = manifest.isLocked ? try environment.currentLock() : nil
        if let lock { try checkFiles(lock) }
        let inputs = [environment.manifestDigest, environment.lockDigest].compactMap { $0?.description }
        let made = try LayerCache(store: fetcher.store).layers(inputs: ["environment", architecture] + inputs) {
            var root = try self.root()
            if let lock {
                guard let platform = lock.platform(architecture) else {
                    throw EnvironmentError(
                        .lock,
                        at: .file(environment.lockPath),
                        "the lock has nothing for \(architecture)",
                        hint: "run `mlpack environment lock \(manifest.name)`"
                    )
                }
                try addPackages(platform, to: &root)
                try addWheels(platform, to: &root)
                try addFiles(to: &root)
            }
            let merged = try root.merged()
            let layers = try merged.layers(budget: manifest.layerBudget).map { name, tree in
                try stored(tree, createdBy: "mlpack environment \(manifest.name) \(manifest.version): \(name)")
            }
            return LayerCache.Made(layers: layers, note: RootOutline(merged.tree).json)
        }
        return (made.entries, RootOutline(made.note) ?? RootOutline())
    }

    /// What stands in the manifest itself.
    private func root() throws -> RootFilesystem {
        var root = RootFilesystem(architecture: architecture)
        root.mergesUsr = manifest.debian?.packages.contains { $0.keep == nil } ?? false
        root.dropped = try manifest.drop.map { try PathPattern(parsing: $0) }
        if let certificates = manifest.certificates {
            // Of a package that is taken in part, the bundle is what is wanted.
            let package = manifest.debian?.packages.first { $0.name == certificates.package }
            root.certificates = CertificateBundle(
                folder: certificates.folder,
                bundle: certificates.bundle,
                keepsFolder: package?.keep == nil
            )
        }
        try root.add("etc/passwd", text: passwd, origin: "accounts")
        try root.add("etc/group", text: manifest.groups.map { "\($0.name):x:\($0.id):\n" }.joined(), origin: "accounts")
        for folder in manifest.folders {
            try root.add(
                folder.path,
                .folder,
                mode: folder.permissions,
                userID: folder.userID,
                groupID: folder.groupID,
                origin: "paths",
                isOverride: true
            )
        }
        for link in manifest.links where link.architecture == nil || link.architecture == architecture {
            let content = RootFilesystem.Content.symbolicLink(target: link.target)
            try root.add(link.path, content, mode: 0o777, origin: "links", isOverride: true)
        }
        return root
    }

    private var passwd: String {
        manifest.users.map { "\($0.name):x:\($0.id):\($0.id):\($0.name):\($0.home):/sbin/nologin\n" }.joined()
    }

    private func addPackages(_ platform: EnvironmentLock.Platform, to root: inout RootFilesystem) throws {
        let parts = try platform.packages.map { locked in
            let asked = manifest.debian?.packages.first { $0.name == locked.name }
            let certificates = manifest.certificates.flatMap { $0.package == locked.name ? $0.folder : nil }
            let path = try fetcher.verified(locked.digest) { try locked.fetch(fetcher) }
            let kept = asked?.keep.map { $0 + (certificates.map { [$0] } ?? []) }
            return PackagePart(locked: locked, path: path, asked: asked, kept: kept)
        }
        let packages = try concurrentMap(parts, limit: processorCount, makeWorker: { try Spool() }) { spool, part in
            do {
                return try DebianPackage(path: part.path, into: spool, keeping: part.isWanted)
            } catch let error as any Diagnostic {
                throw error.within(.item("package", part.locked.name, part.locked.version))
            }
        }
        for (part, package) in zip(parts, packages) {
            try check(part.locked.name, part.locked.mismatches(with: package))
            try part.asked?.checkKept(package)
            try root.add(package, keeping: part.isWanted)
        }
    }

    private func addWheels(_ platform: EnvironmentLock.Platform, to root: inout RootFilesystem) throws {
        guard let python = manifest.python else { return }
        let scheme = try InstallationScheme(
            site: python.site,
            scripts: python.programs,
            headers: "usr/local/include/python\(python.version)",
            data: "usr/local",
            interpreter: python.interpreter
        )
        let requested = Set(try python.requirements.map { try PythonRequirement(parsing: $0).name })
        let wheels = try platform.wheels.map { locked in
            let path = try fetcher.verified(locked.digest) {
                try locked.fetch(fetcher.indexes, fetcher.downloader)
            }
            let wheel = try Wheel(path: path, name: locked.file)
            try check(locked.name, locked.mismatches(with: wheel))
            return (name: locked.name, wheel: wheel)
        }
        let installed = try concurrentMap(wheels, limit: processorCount, makeWorker: { try Spool() }) { spool, part in
            try part.wheel.install(into: spool, scheme, isRequested: requested.contains(part.name))
        }
        for (part, files) in zip(wheels, installed) {
            for file in files {
                let content = RootFilesystem.Content.file(
                    FileRangeBlob(file.content),
                    byteCount: file.content.byteCount
                )
                try root.add(file.path, content, mode: file.mode, origin: part.name)
            }
        }
    }

    /// Holds the files of the environment's folder against the lock.
    private func checkFiles(_ lock: EnvironmentLock) throws {
        for file in manifest.files {
            let path = try environment.path(ofFile: file.source)
            let digest = try digestOfFile(path).digest
            guard lock.files.contains(where: { $0.source == file.source && $0.digest == digest }) else {
                throw EnvironmentError(
                    .stale,
                    at: .file(path),
                    "the file changed after it was locked",
                    hint: "run `mlpack environment lock \(manifest.name)`"
                )
            }
        }
    }

    private func addFiles(to root: inout RootFilesystem) throws {
        for file in manifest.files {
            let path = "\(environment.folder)/\(file.source)"
            let byteCount = fileByteCount(path) ?? 0
            let content = RootFilesystem.Content.file(FileBlob(path: path), byteCount: byteCount)
            try root.add(file.path, content, mode: file.permissions, origin: "files", isOverride: true)
        }
    }

    private func check(_ name: String, _ mismatches: [String]) throws {
        guard let words = mismatches.first else { return }
        throw EnvironmentError(
            .lock,
            at: .item("package", name),
            "the file is not what the lock says: \(words)",
            hint: "a lock is not edited by hand: run `mlpack environment lock \(manifest.name)`"
        )
    }

    /// A layer whose bytes are in the store, whatever becomes of what they were made from.
    private func stored(_ tree: LayerTree, createdBy: String) throws -> ImageLayer {
        let layer = try tree.layer(compression: manifest.compression, createdBy: createdBy, in: fetcher.store)
        guard manifest.compression == .none else { return layer }
        let (digest, _) = try fetcher.store.add(expecting: layer.descriptor.digest) { try layer.blob.read($0) }
        return ImageLayer(
            descriptor: layer.descriptor,
            diffID: layer.diffID,
            history: layer.history,
            blob: FileBlob(path: fetcher.store.path(of: digest))
        )
    }
}

/// A package of an environment, and what is wanted of it.
private struct PackagePart: Sendable {
    let locked: EnvironmentLock.Package
    let path: String
    /// What the manifest says of it, when it names it.
    let asked: DebianContents.Package?
    /// The files and folders that are wanted; `nil` for all.
    let kept: [String]?

    func isWanted(_ item: String) -> Bool { kept?.contains { item == $0 || item.hasPrefix($0 + "/") } ?? true }
}

extension RootFilesystem {
    fileprivate mutating func add(_ path: String, text: String, origin: String) throws {
        let bytes = Array(text.utf8)
        let content = Content.file(MemoryBlob(bytes), byteCount: bytes.count)
        try add(path, content, mode: 0o644, origin: origin, isOverride: true)
    }
}
