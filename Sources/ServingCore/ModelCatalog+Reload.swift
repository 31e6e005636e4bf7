import Diagnostics
import Synchronization

extension ModelCatalog {
    /// What a look at the files has come to.
    package struct Reload: Sendable {
        /// The models that are served otherwise than before, sorted.
        package var changed: [String] = []
        /// What could not be read or loaded; what was served before is served on.
        package var failures: [String] = []
        /// Whether files are still being written, so that one should look again soon.
        package var isUnsettled = false
    }

    /// Makes what is served follow the files.
    ///
    /// Versions that are new or have changed are loaded, those whose files are gone are served no longer, and a manifest that
    /// has changed holds. What has not changed is left as it is.
    ///
    /// *Parameter* settled: how long the files of a version have to be unchanged before it is loaded, in nanoseconds.
    package func reload(settled: Int = 0) -> Reload {
        let wasComplete = isComplete
        let result = loading.withLock { _ in
            var result = Reload()
            var files: [ModelFile] = []
            var failures: Set<String> = []
            for path in paths {
                do {
                    files += try ModelFile.find(at: path)
                } catch {
                    guard !Self.isEmptyFolder(error) else { continue }
                    failures.insert("\(DiagnosticText(error))")
                }
            }
            // What is known already is not told again.
            let known = state.withLock { state in
                defer { state.pathFailures = failures }
                return state.pathFailures
            }
            result.failures = failures.subtracting(known).sorted()
            let groups = Dictionary(grouping: files, by: \.name)
            for (name, files) in groups.sorted(by: { $0.key < $1.key }) {
                follow(name, files, settled: settled, &result)
            }
            // A path that cannot be read says nothing of its models.
            if failures.isEmpty { forget(allBut: Set(groups.keys), &result) }
            return result
        }
        if !result.changed.isEmpty || isComplete != wasComplete { changes.notify() }
        return result
    }

    private static func isEmptyFolder(_ error: any Error) -> Bool { (error as? ServingError)?.code == .repository }

    private func follow(_ name: String, _ files: [ModelFile], settled: Int, _ result: inout Reload) {
        // A client that has unloaded a model wants it back only when it says so.
        let isUnloaded = state.withLock { state in
            state.absent[name]?.values.contains { !$0.isWanted } ?? false && state.repository.served(name).isEmpty
        }
        guard !isUnloaded else { return }
        guard FileStamp(files.map(\.manifestPath)).age >= settled else {
            result.isUnsettled = true
            return
        }
        do {
            let manifest = try ModelFile.manifest(of: files)
            let files = try manifest.served(files)
            var versions: [LoadedVersion] = []
            for file in files {
                versions += version(file, manifest, settled: settled, &result).map { [$0] } ?? []
            }
            do {
                if try serveChange(of: name, versions, manifest) { result.changed.append(name) }
            } catch {
                // They are not loaded again before something changes.
                for (file, version) in pairs(files, versions) {
                    note(error, of: file, Attempt(stamp: version.stamp, manifest: manifest))
                }
                throw error
            }
            state.withLock { state in
                let wanted = Set(files.map(\.version))
                // What was no attempt to load a version was wrong with the manifest.
                state.absent[name] = state.absent[name]?.filter { wanted.contains($0.key) && $0.value.attempt != nil }
            }
        } catch {
            guard let file = files.last, let reason = note(error, of: file) else { return }
            result.failures.append(reason)
        }
    }

    /// The files of versions that were just loaded and are not served.
    private func pairs(_ files: [ModelFile], _ versions: [LoadedVersion]) -> [(ModelFile, LoadedVersion)] {
        let served = files.first.map { file in state.withLock { $0.repository.served(file.name) } } ?? []
        return versions.filter { version in !served.contains { $0 === version.model } }.compactMap { version in
            files.first { $0.version == version.model.version }.map { ($0, version) }
        }
    }

    /// The version of a file: as it is served where the file has not changed, loaded where it has.
    private func version(
        _ file: ModelFile,
        _ manifest: ModelManifest,
        settled: Int,
        _ result: inout Reload
    ) -> LoadedVersion? {
        let attempt = Attempt(stamp: file.stamp, manifest: manifest)
        let (served, absence) = state.withLock { state in
            let model = state.repository.served(file.name).first { $0.version == file.version }
            let stamp = state.stamps[file.name]?[file.version]
            return (
                model.flatMap { model in stamp.map { LoadedVersion(model: model, stamp: $0) } },
                state.absent[file.name]?[file.version]
            )
        }
        if let served, served.stamp == attempt.stamp, served.model.settings == manifest.settings {
            state.withLock { $0.absent[file.name]?[file.version] = nil }
            return served
        }
        if let absence, absence.attempt == attempt { return served }
        guard attempt.stamp.age >= settled else {
            result.isUnsettled = true
            return served
        }
        do {
            let loaded = try load(file, manifest.settings)
            state.withLock { $0.absent[file.name]?[file.version] = nil }
            return loaded
        } catch {
            if let reason = note(error, of: file, attempt) { result.failures.append(reason) }
            return served
        }
    }

    /// Serves the versions where they or their manifest are others than before.
    private func serveChange(
        of name: String,
        _ versions: [LoadedVersion],
        _ manifest: ModelManifest
    ) throws(ServingError) -> Bool {
        let (models, old) = state.withLock { ($0.repository.served(name), $0.repository.manifest(of: name)) }
        let isSame =
            models.count == versions.count && zip(models, versions).allSatisfy { $0 === $1.model }
            && (old == manifest || models.isEmpty)
        guard !isSame else { return false }
        try serve(name, versions, manifest)
        return true
    }

    private func forget(allBut names: Set<String>, _ result: inout Reload) {
        state.withLock { state in
            for name in state.repository.names where !names.contains(name) {
                // Removing a model cannot fail.
                guard let rest = try? state.repository.replacing(name, with: []) else { continue }
                state.repository = rest
                state.stamps[name] = nil
                result.changed.append(name)
            }
            state.absent = state.absent.filter { names.contains($0.key) }
        }
    }
}

extension ModelCatalog {
    /// The folders in which models and versions come and go.
    package var folders: [String] { paths.flatMap { ModelFile.folders(at: $0) } }
}
