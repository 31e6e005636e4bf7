import Diagnostics

/// What the words of a manifest stand for among the versions of a model.
struct VersionNames {
    private let versions: [String]
    /// The versions that labels stand for.
    let labels: [String: String]

    init(_ versions: [String], _ manifest: ModelManifest) {
        self.versions = versions
        var labels: [String: String] = [:]
        for label in manifest.labels { labels[label.name] = label.versions.first { versions.contains($0) } }
        self.labels = labels
    }

    /// The version that a number or a label names; `nil` when it is not there.
    func version(_ target: String) -> String? { versions.contains(target) ? target : labels[target] }

    /// Makes sure that the manifest of a model sends requests only to versions that are there.
    ///
    /// *Throws*: `repository`.
    func check(_ manifest: ModelManifest, of name: String) throws(ServingError) {
        var targets = (manifest.traffic?.weights ?? []).filter { $0.weight > 0 }.map { ("traffic.weights", $0.target) }
        if let target = manifest.defaultVersion { targets.append(("default-version", target)) }
        if let shadow = manifest.shadow { targets.append(("shadow", shadow.target)) }
        for (key, target) in targets where version(target) == nil {
            let served = versions.map { "`\($0)`" }.joined(separator: ", ")
            throw ServingError(
                .repository,
                at: .item("model", name),
                "`\(key)` names `\(target)`, which is not served, expected \(served) or a label of one of them"
            )
        }
    }
}
