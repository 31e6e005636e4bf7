import Diagnostics
package import InferenceEngine
import Synchronization

/// The models of a server over time: what is loaded, what is not and why, and how that is changed.
///
/// Whoever computes takes a snapshot, which stays what it is: a version that is replaced goes when its last request does.
package final class ModelCatalog: Sendable {
    /// Whether clients may load and unload models.
    package enum Control: String, Sendable, CaseIterable {
        case none
        case explicit
    }

    /// What is known of a version of a model.
    package struct Entry: Sendable, Hashable {
        package let name: String
        package let version: String
        /// Whether requests are answered by it.
        package let isReady: Bool
        /// Why it is not ready; empty when it is.
        package let reason: String
    }

    private struct State {
        var repository: ModelRepository
        /// Why models that are not loaded are not, by name and version.
        var absent: [String: [String: Absence]] = [:]
    }

    private struct Absence {
        let reason: String
        /// Whether somebody asked for it: a model that could not be loaded is missed, one that was unloaded is not.
        let isWanted: Bool
    }

    /// Whether clients may load and unload models.
    package let control: Control
    /// Tells when models have come or gone.
    package let changes = ChangeSignal()
    private let paths: [String]
    private let options: InferenceOptions
    private let state: Mutex<State>
    /// Held while models are loaded, one at a time.
    private let loading = Mutex(())

    /// The models that the paths name, all of them loaded; see `ModelFile` for the layouts.
    ///
    /// *Throws*: the first failure, at its file.
    package init(
        paths: [String],
        options: InferenceOptions = .default,
        control: Control = .none
    ) throws {
        self.paths = paths
        self.options = options
        self.control = control
        state = Mutex(State(repository: try ModelRepository.load(paths: paths, options: options)))
    }

    /// The models that are loaded now.
    package var repository: ModelRepository { state.withLock { $0.repository } }

    /// Whether every model that somebody asked for is loaded.
    package var isComplete: Bool {
        state.withLock { state in !state.absent.values.contains { $0.values.contains { $0.isWanted } } }
    }

    /// Every version of every model, sorted by name, the highest version last.
    package var entries: [Entry] {
        state.withLock { state in
            var entries = state.repository.names.flatMap { name in
                state.repository.versions(of: name).map {
                    Entry(name: name, version: $0, isReady: true, reason: "")
                }
            }
            for (name, versions) in state.absent {
                for (version, absence) in versions where !state.repository.versions(of: name).contains(version) {
                    entries.append(Entry(name: name, version: version, isReady: false, reason: absence.reason))
                }
            }
            return entries.sorted {
                $0.name == $1.name ? isLowerVersion($0.version, $1.version) : $0.name < $1.name
            }
        }
    }

    /// Loads every version of a model from its files, beside what is served under its name until all of them are ready.
    ///
    /// *Throws*: `notControlled`, `modelNotFound` when no file has the name, and what keeps a version from being
    /// loaded; the versions that were served before are then served on.
    package func load(_ name: String) throws(ServingError) {
        try checkControl()
        defer { changes.notify() }
        try loading.withLock { _ throws(ServingError) in
            do { try loadFiles(name) } catch { throw ServingError(loading: error) }
        }
    }

    private func loadFiles(_ name: String) throws {
        let files = try paths.flatMap { try ModelFile.find(at: $0) }.filter { $0.name == name }
        guard !files.isEmpty else {
            throw ServingError(.modelNotFound, "no file of a model `\(name)` is below the paths that are served")
        }
        var loaded: [ServedModel] = []
        for file in files {
            do {
                loaded.append(
                    try ServedModel.load(path: file.path, name: name, version: file.version, options: options)
                )
            } catch {
                let absence = Absence(reason: "\(error)", isWanted: true)
                state.withLock { $0.absent[name, default: [:]][file.version] = absence }
                throw error
            }
        }
        try state.withLock { state in
            state.repository = try state.repository.replacing(name, with: loaded)
            state.absent[name] = nil
        }
    }

    /// Serves a model no longer; requests that have begun are answered.
    ///
    /// *Throws*: `notControlled`, `modelNotFound`.
    package func unload(_ name: String) throws(ServingError) {
        try checkControl()
        defer { changes.notify() }
        try loading.withLock { _ throws(ServingError) in
            try state.withLock { state throws(ServingError) in
                let versions = state.repository.versions(of: name)
                guard !versions.isEmpty else {
                    _ = try state.repository.model(name)
                    return
                }
                state.repository = try state.repository.replacing(name, with: [])
                for version in versions {
                    state.absent[name, default: [:]][version] = Absence(reason: "unloaded", isWanted: false)
                }
            }
        }
    }

    private func checkControl() throws(ServingError) {
        guard control == .explicit else {
            throw ServingError(
                .notControlled,
                "models are not loaded and unloaded by request here",
                hint: "start the server with --model-control explicit"
            )
        }
    }
}
