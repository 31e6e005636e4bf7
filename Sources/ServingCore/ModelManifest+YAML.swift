import Diagnostics
import Files
package import YAML

extension ModelManifest {
    /// The manifest in a file.
    ///
    /// *Throws*: the errors of files and of YAML, at the file and its line.
    package static func read(_ path: String) throws -> ModelManifest {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let bytes = try readFile(path, limit: YAMLLimits().byteCount, takesPipes: false)
        return try locating(.file(path)) { () throws(YAMLError) in try ModelManifest(bytes, folder: folder) }
    }

    /// The manifest in a document.
    ///
    /// *Parameter* folder: where the files are that it names.
    /// *Throws*: every code of `YAMLCode`, at the line.
    package init(_ bytes: [UInt8], folder: String = ".") throws(YAMLError) {
        let document = try parseYAML(bytes)
        self.init()
        let object = try document.object(keys: Self.keys)
        if let schema = object["schema"] {
            let text = try schema.text()
            guard text == Self.schema else {
                throw YAMLError(.value, at: schema.place, "`schema` is `\(text)`, expected `\(Self.schema)`")
            }
        }
        if let node = object["versions"] { versions = try readVersions(node) }
        if let node = object["labels"] { labels = try readLabels(node) }
        let names = labels.map(\.name)
        defaultVersion = try map(object["default-version"]) { node throws(YAMLError) in try node.target(names) }
        traffic = try map(object["traffic"]) { node throws(YAMLError) in try Traffic(node, labels: names) }
        shadow = try map(object["shadow"]) { node throws(YAMLError) in try Shadow(node, labels: names) }
        settings = try ModelSettings(object, folder: folder)
    }

    private static let schema = "mlpack.dev/model/v1"
    private static let keys = [
        "schema", "versions", "default-version", "labels", "traffic", "shadow", "batching", "instances",
        "priorities", "limits", "warm-up", "classes",
    ]
}

private func readVersions(_ node: YAMLNode) throws(YAMLError) -> ModelManifest.Versions {
    switch node.content {
    case .scalar("all", _): return .all
    case .mapping:
        return .latest(try node.object(keys: ["latest"]).required("latest").integer(in: 1...1_000_000))
    case .sequence(let elements):
        guard !elements.isEmpty else {
            throw YAMLError(.value, at: node.place, "the list is empty, expected versions")
        }
        return .named(try elements.map { element throws(YAMLError) in try element.version() })
    case .scalar:
        throw YAMLError(
            .value,
            at: node.place,
            "the value has another form, expected `all`, `latest: <count>` or a list of versions, got `\(try node.text())`"
        )
    }
}

private func readLabels(_ node: YAMLNode) throws(YAMLError) -> [ModelManifest.Label] {
    try node.pairs().map { pair throws(YAMLError) in
        guard isLabel(pair.key) else {
            throw YAMLError(
                .value,
                at: .line(pair.line, column: pair.column),
                "the label has another form, expected a letter and up to 63 letters, digits, `-`, `_`, `.`, "
                    + "got `\(pair.key)`"
            )
        }
        guard case .sequence(let elements) = pair.value.content, !elements.isEmpty else {
            return ModelManifest.Label(name: pair.key, versions: [try pair.value.version()])
        }
        let versions = try elements.map { element throws(YAMLError) in try element.version() }
        return ModelManifest.Label(name: pair.key, versions: versions)
    }
}

private func isLabel(_ text: String) -> Bool {
    let isLetter: (UInt8) -> Bool = { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
    return text.utf8.count <= 64 && text.utf8.first.map(isLetter) ?? false
        && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "-_.".utf8.contains($0) }
}

extension ModelManifest.Traffic {
    fileprivate init(_ node: YAMLNode, labels: [String]) throws(YAMLError) {
        let object = try node.object(keys: ["weights", "pin-header", "sticky-header"])
        self.init()
        pinHeader = try map(object["pin-header"]) { node throws(YAMLError) in try node.headerName() } ?? pinHeader
        stickyHeader = try map(object["sticky-header"]) { node throws(YAMLError) in try node.headerName() }
        guard let weights = object["weights"] else { return }
        let limit = ModelManifest.weightLimit
        for pair in try weights.pairs() {
            try checkTarget(pair.key, at: .line(pair.line, column: pair.column), labels)
            let weight = try pair.value.integer(in: 0...limit)
            self.weights.append(ModelManifest.Weight(target: pair.key, weight: weight))
        }
        // The count of pairs is bounded by that of nodes, so the sum cannot overflow.
        let sum = self.weights.reduce(0) { $0 + $1.weight }
        guard 1...limit ~= sum else {
            throw YAMLError(.value, at: weights.place, "the weights add up to \(sum), expected 1 to \(limit)")
        }
        guard self.weights.count <= 256 else {
            throw YAMLError(.value, at: weights.place, "there are \(self.weights.count) weights, expected at most 256")
        }
    }
}

extension ModelManifest.Shadow {
    fileprivate init(_ node: YAMLNode, labels: [String]) throws(YAMLError) {
        let object = try node.object(keys: ["version", "percent", "tolerance"])
        self.init(target: try object.required("version").target(labels))
        if let node = object["percent"] {
            let percent = try node.decimal(in: 0...100)
            share = Int((percent * 100).rounded())
            guard abs(Double(share) - percent * 100) < 1e-6 else {
                let text = try node.text()
                throw YAMLError(.value, at: node.place, "the value has more than two decimals, got `\(text)`")
            }
        }
        if let node = object["tolerance"] { tolerance = try node.decimal(in: 0...1e30) }
    }
}
