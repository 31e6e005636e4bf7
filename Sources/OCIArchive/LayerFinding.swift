import Archives
package import ContentStore
import Diagnostics
package import OCIImage

/// Something in a layer that its format forbids, or that two readers may take differently.
package struct LayerFinding: Sendable, Hashable, CustomStringConvertible {
    package let layer: Digest
    package let path: String
    /// What is wrong, in the form of our messages.
    package let words: String

    package var description: String { "layer `\(layer.hex.prefix(12))`: `\(path)`: \(words)" }
}

/// Looks through the layers of an image for paths that stand twice, whiteouts that hide what they should not, links that
/// lead out, and entries below what is no folder.
///
/// *Throws*: `malformed` for a layer that cannot be read, paths that climb among them.
/// *Source*: OCI image specification 1.1, layer.md.
package func findings(in image: Image) throws -> [LayerFinding] {
    var findings: [LayerFinding] = []
    for layer in image.manifest.layers {
        guard let blob = image.blob(layer.digest) else { continue }
        var check = LayerCheck(layer: layer.digest)
        try locatingAny(.item("layer", layer.digest.description)) {
            try readLayer(blob) { entry, _ in check.add(entry) }
        }
        check.finish()
        findings += check.findings
    }
    return findings + (try climbingLinks(in: image, beside: findings))
}

/// The links of an image that climb out of it through others, and are not among the findings in one layer.
private func climbingLinks(in image: Image, beside findings: [LayerFinding]) throws -> [LayerFinding] {
    let files: [EntryPath: ImageFiles.File]
    do {
        files = try ImageFiles(image).files
    } catch {
        // Layers that are wrong need not come together, and what is wrong with them has been said.
        if findings.isEmpty { throw error }
        return []
    }
    let known = Set(findings)
    let climbing = climbingLinks(files).compactMap { path, target in
        files[path].map { file in
            LayerFinding(
                layer: image.manifest.layers[file.layer].digest,
                path: path.text,
                words: climbingWords(target)
            )
        }
    }
    return Array(climbing.filter { !known.contains($0) }.prefix(1000))
}

private func climbingWords(_ target: String) -> String {
    "the symbolic link climbs out of the image, got `\(target)`"
}

/// One layer on its way through the checks.
private struct LayerCheck {
    let layer: Digest
    var findings: [LayerFinding] = []
    private var kinds: [EntryPath: TarEntry.Kind] = [:]
    private var hidden: [EntryPath: String] = [:]

    init(layer: Digest) { self.layer = layer }

    private mutating func report(_ path: String, _ words: String) {
        // A layer that is wrong all over is described well enough by its first thousand faults.
        if findings.count < 1000 { findings.append(LayerFinding(layer: layer, path: path, words: words)) }
    }

    mutating func add(_ entry: TarEntry) {
        guard !entry.path.isEmpty else { return }
        if kinds[EntryPath(entry.path)] != nil { report(entry.path, "the path stands twice in one layer") }
        kinds[EntryPath(entry.path)] = entry.kind
        if let whiteout = Whiteout(path: entry.path) {
            check(whiteout, entry)
            return
        }
        if case .symbolicLink(let target) = entry.kind, leadsOut(target, from: entry.path) {
            report(entry.path, climbingWords(target))
        }
        if case .hardLink(let target) = entry.kind, Whiteout(path: target) != nil {
            report(entry.path, "the hard link leads to a whiteout, got `\(target)`")
        }
    }

    private mutating func check(_ whiteout: Whiteout, _ entry: TarEntry) {
        if case .file(byteCount: 0) = entry.kind {} else { report(entry.path, "the whiteout is no empty file") }
        switch whiteout {
        case .unknown: report(entry.path, "the name starts with `.wh.` and hides nothing that can be named")
        case .removed(let path): hidden[EntryPath(path)] = entry.path
        case .emptied: break
        }
    }

    /// Whether a relative target climbs above the root.
    private func leadsOut(_ target: String, from path: String) -> Bool {
        guard target.utf8.first != UInt8(ascii: "/") else { return climbs(target, depth: 0) }
        return climbs(target, depth: path.unicodeScalars.count { $0 == "/" })
    }

    mutating func finish() {
        for (path, whiteout) in hidden.sorted(by: { $0.key < $1.key }) where kinds[path] != nil {
            report(whiteout, "the whiteout hides `\(path)`, which stands in the same layer")
        }
        var tree = PathTree<TarEntry.Kind> { _ in nil }
        for (path, kind) in kinds {
            let names = path.text.unicodeScalars.split(separator: "/").map { EntryPath(String($0)) }
            guard let name = names.last else { continue }
            tree.set(kind, name, inFolders: names.dropLast(), keepsBranch: true, newFolder: nil)
        }
        for path in kinds.keys.sorted() {
            guard let parent = tree.firstFolder(of: path, where: { $0 != .folder }) else { continue }
            report(path.text, "the path goes through `\(parent)`, which is no folder in the same layer")
        }
    }
}

/// Whether a path, seen from so deep below a root, climbs above it.
private func climbs(_ path: String, depth: Int) -> Bool {
    var depth = depth
    for component in path.unicodeScalars.split(separator: "/").map(String.init) where component != "." {
        depth += component == ".." ? -1 : 1
        if depth < 0 { return true }
    }
    return false
}
