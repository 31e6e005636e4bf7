import Diagnostics

/// The models that a server has: a snapshot that never changes, and may be shared freely.
package struct ModelRepository: Sendable {
    private let models: [String: ServedVersions]

    /// A repository of loaded models.
    ///
    /// *Parameter* manifests: what is said of models, by their names.
    /// *Throws*: `repository` when two have the same name and version, or a manifest names a version that is not there.
    package init(_ loaded: [ServedModel], manifests: [String: ModelManifest] = [:]) throws(ServingError) {
        var models: [String: ServedVersions] = [:]
        for (name, versions) in Dictionary(grouping: loaded, by: \.name) {
            let versions = try Self.sorted(versions)
            models[name] = try ServedVersions(versions, manifests[name] ?? ModelManifest(), after: nil)
        }
        self.init(models)
    }

    private init(_ models: [String: ServedVersions]) { self.models = models }

    /// Has the versions of all models offer their requests to the shadows that there are now.
    func offerToShadows() { models.values.forEach { $0.offerToShadow() } }

    private static func sorted(_ versions: [ServedModel]) throws(ServingError) -> [ServedModel] {
        let sorted = versions.sorted { isLowerVersion($0.version, $1.version) }
        for (model, next) in zip(sorted, sorted.dropFirst()) where model.version == next.version {
            throw ServingError(
                .repository,
                at: .item("model", model.name),
                "version \(model.version) is there twice, expected models of different names"
            )
        }
        return sorted
    }

    /// The repository with other versions of a model, or without it.
    ///
    /// *Throws*: as the initializer.
    func replacing(
        _ name: String,
        with versions: [ServedModel],
        _ manifest: ModelManifest = ModelManifest()
    ) throws(ServingError) -> ModelRepository {
        var models = models
        models[name] = try ServedVersions(Self.sorted(versions), manifest, after: models[name])
        return ModelRepository(models)
    }

    /// The names of the models, sorted.
    package var names: [String] { models.keys.sorted() }

    /// The versions of a model, the highest last; empty when there is no such model.
    package func versions(of name: String) -> [String] { served(name).map(\.version) }

    /// The loaded versions of a model, the highest last.
    func served(_ name: String) -> [ServedModel] { models[name]?.models ?? [] }

    /// What the manifest of a model says, while it is served.
    func manifest(of name: String) -> ModelManifest? { models[name]?.manifest }

    /// The shadows that there are, by the names of their models.
    package var shadows: [(name: String, shadow: ShadowTraffic)] {
        names.compactMap { name in models[name]?.shadow.map { (name, $0) } }
    }

    /// A version of a model by its number or label, its default one when none is named.
    ///
    /// *Throws*: `modelNotFound`, `versionNotFound`.
    package func model(_ name: String, version: String? = nil) throws(ServingError) -> ServedModel {
        let versions = try versions(named: name)
        guard let version else { return versions.standard }
        guard let model = versions.model(version) else {
            throw ServingError(
                .versionNotFound,
                at: .item("model", name),
                "version `\(version)` is not served, expected \(nameList(versions.names))"
            )
        }
        return model
    }

    /// The version of a model that answers a request: the one that it names, that its header asks for, or whose turn it is.
    ///
    /// *Parameter* field: the value of a header field, by its name in lower case.
    /// *Throws*: as `model`.
    package func model(
        _ name: String,
        version: String?,
        answering field: (String) -> String?
    ) throws(ServingError) -> ServedModel {
        guard version == nil else { return try model(name, version: version) }
        switch try versions(named: name).choice(field) {
        case .model(let model): return model
        case .named(let version): return try model(name, version: version)
        }
    }

    private func versions(named name: String) throws(ServingError) -> ServedVersions {
        guard let versions = models[name] else {
            throw ServingError(
                .modelNotFound,
                "the model `\(name)` is not served, expected \(nameList(names))",
                hint: suggestion(for: name, among: names).map { "did you mean `\($0)`?" }
            )
        }
        return versions
    }

    /// The models of a name and version; every version when none is named, and every model when no name is.
    ///
    /// *Throws*: as `model`.
    package func models(named name: String? = nil, version: String? = nil) throws(ServingError) -> [ServedModel] {
        guard let name else { return names.flatMap(served) }
        let named = try model(name, version: version)
        return version == nil ? served(name) : [named]
    }
}

/// Whether a version, a number without leading zeros, is lower than another.
func isLowerVersion(_ version: String, _ other: String) -> Bool {
    version.utf8.count == other.utf8.count ? version < other : version.utf8.count < other.utf8.count
}
