import ArgumentParser
import ContentStore
import Diagnostics
import JSON
import OCIArchive
import OCIImage
import OCIRegistry

struct ImageInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what is in an image: an archive, a layout, or one in a registry.",
        discussion: "Of an image in a registry, only the manifest and the config are fetched."
    )

    @Argument(help: "An archive, an OCI layout, or the name of an image in a registry.", completion: .file())
    var image: String

    @OptionGroup var choice: ImageChoice

    @Flag(help: "Print as JSON.")
    var json = false

    func run() throws {
        let view = try isLocal(image) ? localView() : registryView()
        if json { printJSON(view.json) } else { print(printable(view.text)) }
    }

    private func localView() throws -> ImageView {
        let layout = try ImageLayout(image)
        let descriptor = try layout.manifestDescriptor(named: choice.image, platform: choice.wantedPlatform())
        let found = try layout.image(descriptor)
        return ImageView(
            name: image,
            digest: found.digest,
            manifest: found.manifest,
            config: found.config,
            configJSON: found.configJSON,
            names: layout.index.entries.compactMap { entry in
                entry.descriptor.annotations[ImageIndex.containerdNameKey]
                    ?? entry.descriptor.annotations[ImageIndex.referenceNameKey]
            },
            referrers: try distinct(found.digest, layout.root(named: choice.image).digest)
                .flatMap { try layout.referrers(of: $0).map(\.entry) }
        )
    }

    private func registryView() throws -> ImageView {
        let name = try ImageReference(parsing: image)
        let client = try choice.registry.client(name)
        let root = try client.manifest(ManifestReference(name))
        let stored = try client.imageManifest(root, platform: choice.wantedPlatform())
        let manifest = try ImageManifest(JSONValue.parse(stored.bytes))
        let configJSON = try client.configJSON(of: manifest, in: choice.registry.store())
        return ImageView(
            name: name.familiarName,
            digest: stored.digest,
            manifest: manifest,
            config: try ImageConfig(configJSON),
            configJSON: configJSON,
            names: [name.description],
            platforms: root.mediaType.isIndex ? try ImageIndex(bytes: root.bytes).entries.compactMap(\.platform) : [],
            referrers: try distinct(stored.digest, root.digest).flatMap { try client.referrers(of: $0) }
        )
    }
}

/// The image, and the index that leads to it when there is one: either may have referrers.
private func distinct(_ image: Digest, _ root: Digest) -> [Digest] { image == root ? [image] : [image, root] }

/// What `mlpack image inspect` shows.
private struct ImageView {
    var name: String
    var digest: Digest
    var manifest: ImageManifest
    var config: ImageConfig
    var configJSON: JSONValue
    var names: [String]
    var platforms: [Platform] = []
    var referrers: [ImageIndex.Entry] = []

    var text: String {
        var rows: [(String, String)] = [
            ("image", name), ("digest", digest.description), ("platform", config.platform.description),
        ]
        if let created = configJSON["created"]?.string { rows.append(("created", created)) }
        if let author = configJSON["author"]?.string { rows.append(("author", author)) }
        if !names.isEmpty { rows.append(("names", names.joined(separator: ", "))) }
        if platforms.count > 1 { rows.append(("platforms", platforms.map(\.description).joined(separator: ", "))) }
        if let user = config.user { rows.append(("user", user)) }
        if !config.entrypoint.isEmpty { rows.append(("entrypoint", config.entrypoint.joined(separator: " "))) }
        if !config.command.isEmpty { rows.append(("command", config.command.joined(separator: " "))) }
        if !config.exposedPorts.isEmpty { rows.append(("ports", config.exposedPorts.joined(separator: ", "))) }
        for line in config.environment { rows.append(("environment", line)) }
        for (key, value) in config.labels.sorted(by: { $0.key < $1.key }) { rows.append(("label", "\(key)=\(value)")) }
        let total = manifest.layers.reduce(0) { $0.addingReportingOverflow($1.byteCount).partialValue }
        rows.append(("layers", "\(manifest.layers.count), \(total) bytes"))
        var lines = rows.map { $0.0.padded(to: 12) + $0.1 }
        for (index, layer) in manifest.layers.enumerated() {
            let history = config.history.count == manifest.layers.count ? "  " + config.history[index].createdBy : ""
            lines.append(
                "  \(layer.digest.hex.prefix(12))  \(layer.byteCount) bytes  \(layer.mediaType.rawValue)\(history)"
            )
        }
        for referrer in referrers {
            lines.append("referrer".padded(to: 12) + "\(referrer.descriptor.digest)  \(referrer.artifactType ?? "")")
        }
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        [
            "name": .string(name),
            "digest": .string(digest.description),
            "names": .array(names.map { .string($0) }),
            "platform": .string(config.platform.description),
            "platforms": .array(platforms.map { .string($0.description) }),
            "manifest": manifest.json,
            "config": configJSON,
            "referrers": .array(referrers.map(\.json)),
        ]
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
