import Diagnostics
package import InferenceEngine

/// The models that a server has: a snapshot that never changes, and may be shared freely.
package struct ModelRepository: Sendable {
    /// Every version of every model by name, the highest version last.
    private let models: [String: [ServedModel]]

    /// A repository of loaded models.
    ///
    /// *Throws*: `repository` when two have the same name and version.
    package init(_ loaded: [ServedModel]) throws(ServingError) {
        var models: [String: [ServedModel]] = [:]
        for model in loaded {
            guard !models[model.name, default: []].contains(where: { $0.version == model.version }) else {
                throw ServingError(
                    .repository,
                    at: .item("model", model.name),
                    "version \(model.version) is there twice, expected models of different names"
                )
            }
            models[model.name, default: []].append(model)
        }
        for name in models.keys {
            models[name]?.sort { isLowerVersion($0.version, $1.version) }
        }
        self.models = models
    }

    /// Loads every model that the paths name; see `ModelFile` for the layouts.
    ///
    /// *Throws*: the first failure, at its file.
    package static func load(
        paths: [String],
        options: InferenceOptions = .default
    ) throws -> ModelRepository {
        var loaded: [ServedModel] = []
        for path in paths {
            for file in try ModelFile.find(at: path) {
                loaded.append(
                    try ServedModel.load(path: file.path, name: file.name, version: file.version, options: options)
                )
            }
        }
        return try ModelRepository(loaded)
    }

    /// The repository with other versions of a model, or without it.
    ///
    /// *Throws*: as the initializer.
    func replacing(_ name: String, with versions: [ServedModel]) throws(ServingError) -> ModelRepository {
        try ModelRepository(models.filter { $0.key != name }.values.flatMap(\.self) + versions)
    }

    /// The names of the models, sorted.
    package var names: [String] { models.keys.sorted() }

    /// The versions of a model, the highest last; empty when there is no such model.
    package func versions(of name: String) -> [String] { models[name, default: []].map(\.version) }

    /// A version of a model, the highest one when none is named.
    ///
    /// *Throws*: `modelNotFound`, `versionNotFound`.
    package func model(_ name: String, version: String? = nil) throws(ServingError) -> ServedModel {
        guard let versions = models[name], let latest = versions.last else {
            throw ServingError(
                .modelNotFound,
                "the model `\(name)` is not served, expected \(Self.list(names))",
                hint: suggestion(for: name, among: names).map { "did you mean `\($0)`?" }
            )
        }
        guard let version else { return latest }
        guard let model = versions.first(where: { $0.version == version }) else {
            throw ServingError(
                .versionNotFound,
                at: .item("model", name),
                "version `\(version)` is not served, expected \(Self.list(versions.map(\.version)))"
            )
        }
        return model
    }

    /// The models of a name and version; every version when none is named, and every model when no name is.
    ///
    /// *Throws*: as `model`.
    package func models(named name: String? = nil, version: String? = nil) throws(ServingError) -> [ServedModel] {
        guard let name else { return names.flatMap { models[$0, default: []] } }
        let named = try model(name, version: version)
        return version == nil ? models[name, default: []] : [named]
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(20).map { "`\($0)`" }.joined(separator: ", ")
        return names.count > 20 ? "\(shown), …" : shown
    }
}

/// Whether a version, a number without leading zeros, is lower than another.
func isLowerVersion(_ version: String, _ other: String) -> Bool {
    version.utf8.count == other.utf8.count ? version < other : version.utf8.count < other.utf8.count
}
