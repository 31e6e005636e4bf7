import Diagnostics

/// The versions of one model that are served, and which of them answers.
struct ServedVersions: Sendable {
    /// At least one, the highest last.
    let models: [ServedModel]
    /// What the model's manifest says.
    let manifest: ModelManifest
    /// The version that is meant where none is named.
    let standard: ServedModel
    private let labels: [String: ServedModel]
    private let split: TrafficSplit?
    /// What computes requests a second time.
    let shadow: ShadowTraffic?

    /// Versions under a manifest.
    ///
    /// *Parameter* models: at least one, in ascending order; `nil` comes of none.
    /// *Parameter* previous: what was served before.
    /// *Throws*: `repository` when the manifest sends requests to a version that is not among them.
    init?(_ models: [ServedModel], _ manifest: ModelManifest, after previous: ServedVersions?) throws(ServingError) {
        guard let highest = models.last else { return nil }
        let resolver = VersionResolver(models, manifest)
        self.models = models
        self.manifest = manifest
        labels = resolver.labels
        standard =
            try manifest.defaultVersion.map { target throws(ServingError) in
                try resolver.model(target, for: "default-version")
            } ?? highest
        shadow = try manifest.shadow.flatMap { settings throws(ServingError) in
            let target = try resolver.model(settings.target, for: "shadow")
            if let shadow = previous?.shadow, shadow.target === target, previous?.manifest.shadow == settings {
                return shadow
            }
            return ShadowTraffic(target, settings)
        }
        var shares: [TrafficSplit.Share] = []
        for weight in manifest.traffic?.weights ?? [] where weight.weight > 0 {
            let model = try resolver.model(weight.target, for: "traffic.weights")
            let index = models.firstIndex { $0 === model } ?? 0
            shares.append(TrafficSplit.Share(index: index, target: weight.target, weight: weight.weight))
        }
        split = shares.isEmpty ? nil : TrafficSplit(shares, after: previous?.split)
    }

    /// The version that a number or a label names.
    func model(_ version: String) -> ServedModel? { models.first { $0.version == version } ?? labels[version] }

    /// The numbers of the versions, the highest last, and the labels.
    var names: [String] { models.map(\.version) + labels.keys.sorted() }

    /// Has the versions offer their requests to the shadow, which is not offered its own.
    func offerToShadow() {
        for model in models { model.shadow.traffic = model === shadow?.target ? nil : shadow }
    }

    /// What a request asks for by its header, or whose turn it is.
    ///
    /// *Parameter* field: the value of a header field, by its name in lower case.
    /// *Returns*: the name of a version that the header asks for, which may not be served.
    func choice(_ field: (String) -> String?) -> Choice {
        guard let traffic = manifest.traffic else { return .model(standard) }
        if let pinned = field(traffic.pinHeader) { return .named(pinned) }
        guard let split else { return .model(standard) }
        if let key = traffic.stickyHeader.flatMap(field) { return .model(models[split.index(stickingTo: key)]) }
        return .model(models[split.next()])
    }

    /// Which version answers.
    enum Choice {
        case model(ServedModel)
        case named(String)
    }
}

/// What the words of a manifest stand for among the versions that are there.
private struct VersionResolver {
    private let models: [ServedModel]
    private let name: String
    private(set) var labels: [String: ServedModel] = [:]

    init(_ models: [ServedModel], _ manifest: ModelManifest) {
        self.models = models
        name = models.first?.name ?? ""
        for label in manifest.labels {
            labels[label.name] =
                label.versions.lazy.compactMap { version in
                    models.first { $0.version == version }
                }.first
        }
    }

    func model(_ target: String, for key: String) throws(ServingError) -> ServedModel {
        if let model = models.first(where: { $0.version == target }) ?? labels[target] { return model }
        let served = models.map { "`\($0.version)`" }.joined(separator: ", ")
        throw ServingError(
            .repository,
            at: .item("model", name),
            "`\(key)` names `\(target)`, which is not served, expected \(served) or a label of one of them"
        )
    }
}
