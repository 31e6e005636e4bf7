import ContentStore
import DebianPackages
import Diagnostics
import Environments
import Files
import JSON
import OCIArchive
import OCIImage
import PythonPackages

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
            // The spool has what the packages hold until the layers are made.
            let spool = try Spool()
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
                try addPackages(platform, to: &root, spool)
                try addWheels(platform, to: &root, spool)
                try addFiles(to: &root)
            }
            let merged = try withExtendedLifetime(spool) { try root.merged() }
            let layers = try withExtendedLifetime(spool) {
                try merged.layers(budget: manifest.layerBudget).map { name, tree in
                    try stored(tree, createdBy: "mlpack environment \(manifest.name) \(manifest.version): \(name)")
                }
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

    private func addPackages(
        _ platform: EnvironmentLock.Platform,
        to root: inout RootFilesystem,
        _ spool: Spool
    ) throws {
        for locked in platform.packages {
            let asked = manifest.debian?.packages.first { $0.name == locked.name }
            let certificates = manifest.certificates.flatMap { $0.package == locked.name ? $0.folder : nil }
            let kept = asked?.keep.map { $0 + (certificates.map { [$0] } ?? []) }
            let isWanted = { (path: String) in kept?.contains { path == $0 || path.hasPrefix($0 + "/") } ?? true }
            let path = try fetcher.verified(locked.digest) { try locked.fetch(fetcher) }
            let package = try inPackage(locked.name, locked.version) {
                try DebianPackage(path: path, into: spool, keeping: isWanted)
            }
            try check(locked.name, locked.mismatches(with: package))
            try asked?.checkKept(package)
            try root.add(package, keeping: isWanted)
        }
    }

    private func addWheels(
        _ platform: EnvironmentLock.Platform,
        to root: inout RootFilesystem,
        _ spool: Spool
    ) throws {
        guard let python = manifest.python else { return }
        let scheme = try InstallationScheme(
            site: python.site,
            scripts: python.programs,
            headers: "usr/local/include/python\(python.version)",
            data: "usr/local",
            interpreter: python.interpreter
        )
        let requested = Set(try python.requirements.map { try PythonRequirement(parsing: $0).name })
        for locked in platform.wheels {
            let path = try fetcher.verified(locked.digest) {
                try locked.fetch(fetcher.indexes, fetcher.downloader)
            }
            let wheel = try Wheel(path: path, name: locked.file)
            try check(locked.name, locked.mismatches(with: wheel))
            for file in try wheel.install(into: spool, scheme, isRequested: requested.contains(locked.name)) {
                let content = RootFilesystem.Content.file(
                    FileRangeBlob(file.content),
                    byteCount: file.content.byteCount
                )
                try root.add(file.path, content, mode: file.mode, origin: locked.name)
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

    private func inPackage<Result>(_ name: String, _ version: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as any Diagnostic {
            throw error.within(.item("package", name, version))
        }
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

extension RootFilesystem {
    fileprivate mutating func add(_ path: String, text: String, origin: String) throws {
        let bytes = Array(text.utf8)
        let content = Content.file(MemoryBlob(bytes), byteCount: bytes.count)
        try add(path, content, mode: 0o644, origin: origin, isOverride: true)
    }
}
