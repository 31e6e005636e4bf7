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
        let names = VersionNames(models.map(\.version), manifest)
        try names.check(manifest, of: highest.name)
        let served = Dictionary(models.map { ($0.version, $0) }) { first, _ in first }
        let model = { (target: String) in names.version(target).flatMap { served[$0] } }
        self.models = models
        self.manifest = manifest
        labels = names.labels.compactMapValues { served[$0] }
        standard = manifest.defaultVersion.flatMap(model) ?? highest
        shadow = manifest.shadow.flatMap { settings in
            guard let target = model(settings.target) else { return nil }
            if let shadow = previous?.shadow, shadow.target === target, previous?.manifest.shadow == settings {
                return shadow
            }
            return ShadowTraffic(target, settings)
        }
        let shares = (manifest.traffic?.weights ?? []).compactMap { weight -> TrafficSplit.Share? in
            guard let target = model(weight.target), let index = models.firstIndex(where: { $0 === target }) else {
                return nil
            }
            return TrafficSplit.Share(index: index, target: weight.target, weight: weight.weight)
        }
        let isSplit = shares.contains { $0.weight > 0 }
        split = isSplit ? TrafficSplit(shares, after: previous?.split) : nil
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
