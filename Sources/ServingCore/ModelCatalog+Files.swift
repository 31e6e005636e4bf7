import Diagnostics
import Synchronization

/// A version that is to be served in place of what is served under its number.
struct LoadedVersion: Sendable {
    let model: ServedModel
    let stamp: FileStamp
}

extension ModelCatalog {
    /// Loads every model from its files.
    ///
    /// *Throws*: the first failure, at its file.
    func loadAll() throws {
        try loading.withLock { _ in
            let files = try paths.flatMap { try ModelFile.find(at: $0) }
            for (name, files) in Dictionary(grouping: files, by: \.name).sorted(by: { $0.key < $1.key }) {
                try loadAllVersions(of: name, from: files)
            }
        }
    }

    /// Loads the versions of a model that its manifest asks for, and serves them in place of those that are served.
    ///
    /// *Throws*: the first failure; nothing has changed then but what is known of the version.
    func loadAllVersions(of name: String, from files: [ModelFile]) throws {
        let manifest = try ModelFile.manifest(of: files)
        var loaded: [LoadedVersion] = []
        for file in try manifest.served(files) {
            do {
                loaded.append(try load(file, manifest.settings))
            } catch {
                note(error, of: file)
                throw error
            }
        }
        try serve(name, loaded, manifest)
        state.withLock { $0.absent[name] = nil }
    }

    /// Loads and warms up a version.
    func load(_ file: ModelFile, _ settings: ModelSettings) throws -> LoadedVersion {
        let stamp = file.stamp
        let model = try ServedModel.load(
            path: file.path,
            name: file.name,
            version: file.version,
            options: options,
            settings: settings
        )
        guard file.stamp == stamp else {
            throw ServingError(
                .repository,
                at: .file(file.path),
                "the files changed while they were read",
                hint: "write a model under another name and rename it when it is whole"
            )
        }
        return LoadedVersion(model: model, stamp: stamp)
    }

    /// Serves these versions of a model from now on, and no others.
    ///
    /// *Throws*: `repository` when two have the same number, or the manifest names a version that is not among them.
    func serve(_ name: String, _ versions: [LoadedVersion], _ manifest: ModelManifest) throws(ServingError) {
        let stamps = versions.map { ($0.model.version, $0.stamp) }
        try state.withLock { state throws(ServingError) in
            state.repository = try state.repository.replacing(name, with: versions.map(\.model), manifest)
            state.stamps[name] = Dictionary(stamps) { first, _ in first }
            state.repository.offerToShadows()
        }
    }

    /// Notes why a version is not as its files are.
    ///
    /// *Returns*: the reason as a text of its own, where it was not known yet.
    @discardableResult
    func note(_ error: any Error, of file: ModelFile, _ attempt: Attempt? = nil) -> String? {
        let error = ServingError(loading: error)
        let reason = error.description
        let known = state.withLock { state in
            let known = state.absent[file.name]?[file.version]
            // What is wrong with the manifest says nothing of an attempt that failed before.
            let absence = Absence(reason: reason, isWanted: true, attempt: attempt ?? known?.attempt)
            state.absent[file.name, default: [:]][file.version] = absence
            return known?.reason
        }
        return known == reason ? nil : "\(DiagnosticText(error))"
    }
}

extension ModelManifest {
    /// The files of the versions that are to be served, of files of one model.
    ///
    /// *Throws*: `repository` when there are none, or the manifest sends requests to a version that is not among them.
    func served(_ files: [ModelFile]) throws(ServingError) -> [ModelFile] {
        let files = files.sorted { isLowerVersion($0.version, $1.version) }
        let served =
            switch versions {
            case .all: files
            case .latest(let count): Array(files.suffix(count))
            case .named(let versions): files.filter { versions.contains($0.version) }
            }
        guard let name = files.first?.name, !served.isEmpty else {
            throw ServingError(
                .repository,
                at: .item("model", files.first?.name ?? ""),
                "`versions` names none that is there, which are "
                    + files.map { "`\($0.version)`" }.joined(separator: ", ")
            )
        }
        try VersionNames(served.map(\.version), self).check(self, of: name)
        return served
    }
}
