import Diagnostics
package import InferenceEngine
import Synchronization

/// The models of a server over time: what is loaded, what is not and why, and how that is changed.
///
/// Whoever computes takes a snapshot, which stays what it is: a version that is replaced goes when its last request does.
package final class ModelCatalog: Sendable {
    /// Who says which models are loaded.
    package enum Control: String, Sendable, CaseIterable {
        /// The files as they are at the start, and on a signal.
        case atStart = "none"
        /// Clients.
        case explicit
        /// The files as they are each time some seconds have passed.
        case poll
        /// The files as they are whenever they change.
        case watch

        /// Whether models may come and go by themselves.
        package var followsFiles: Bool { self == .poll || self == .watch }
    }

    /// What is known of a version of a model.
    package struct Entry: Sendable, Hashable {
        package let name: String
        package let version: String
        /// Whether requests are answered by it.
        package let isReady: Bool
        /// Why it is not ready, or why it could not be replaced by what its files are now; empty otherwise.
        package let reason: String
    }

    struct State {
        var repository: ModelRepository
        /// What the files were that the loaded versions come from, by name and version.
        var stamps: [String: [String: FileStamp]] = [:]
        /// Why versions are not as their files are, by name and version.
        var absent: [String: [String: Absence]] = [:]
        /// Why paths could not be read when they were last looked at.
        var pathFailures: Set<String> = []
        /// What the first look at the files has come to.
        var started = Reload()
    }

    struct Absence {
        let reason: String
        /// Whether somebody asked for it: a model that could not be loaded is missed, one that was unloaded is not.
        let isWanted: Bool
        /// What could not be loaded, where it is not to be tried again before it changes.
        var attempt: Attempt?
    }

    /// What a version is made of.
    struct Attempt: Equatable {
        let stamp: FileStamp
        let manifest: ModelManifest
    }

    /// Who says which models are loaded.
    package let control: Control
    /// Tells when models have come or gone.
    package let changes = ChangeSignal()
    let paths: [String]
    let options: InferenceOptions
    let state: Mutex<State>
    /// Held while models are loaded, one at a time.
    let loading = Mutex(())

    /// The models that the paths name, all of them loaded; see `ModelFile` for the layouts.
    ///
    /// *Throws*: the first failure, at its file; where models follow their files, those that fail are left out, and loaded
    /// when their files have changed.
    package init(
        paths: [String],
        options: InferenceOptions = .default,
        control: Control = .atStart
    ) throws {
        self.paths = paths
        self.options = options
        self.control = control
        state = Mutex(State(repository: try ModelRepository([])))
        if control.followsFiles {
            let reload = reload()
            state.withLock { $0.started = reload }
        } else {
            try loadAll()
        }
    }

    /// What loading the models at the start has come to, where they follow their files.
    package var started: Reload {
        state.withLock { state in Reload(failures: state.started.failures) }
    }

    /// Models that are loaded, none of which comes or goes.
    package init(_ repository: ModelRepository) {
        paths = []
        options = .default
        control = .atStart
        state = Mutex(State(repository: repository))
    }

    /// The models that are loaded now.
    package var repository: ModelRepository { state.withLock { $0.repository } }

    /// Whether every model that somebody asked for has a version that answers, and some model was found.
    package var isComplete: Bool {
        state.withLock { state in
            guard state.pathFailures.isEmpty || !state.repository.names.isEmpty else { return false }
            return !state.absent.contains { name, versions in
                versions.values.contains { $0.isWanted } && state.repository.served(name).isEmpty
            }
        }
    }

    /// Every version of every model, sorted by name, the highest version last.
    package var entries: [Entry] {
        state.withLock { state in
            var entries = state.repository.names.flatMap { name in
                state.repository.versions(of: name).map { version in
                    let reason = state.absent[name]?[version]?.reason
                    return Entry(
                        name: name,
                        version: version,
                        isReady: true,
                        reason: reason.map { "not replaced: \($0)" } ?? ""
                    )
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
            do {
                let files = try paths.flatMap { try ModelFile.find(at: $0) }.filter { $0.name == name }
                guard !files.isEmpty else {
                    state.withLock { $0.absent[name] = nil }
                    throw ServingError(
                        .modelNotFound,
                        "no file of a model `\(name)` is below the paths that are served"
                    )
                }
                try loadAllVersions(of: name, from: files)
            } catch {
                throw ServingError(loading: error)
            }
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
                    // A model that could not be loaded is not missed any more.
                    if state.absent[name]?.values.contains(where: \.isWanted) ?? false {
                        state.absent[name] = nil
                    } else {
                        _ = try state.repository.model(name)
                    }
                    return
                }
                state.repository = try state.repository.replacing(name, with: [])
                state.stamps[name] = nil
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
