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
        let found = try isLocal(image) ? ofLayout() : ofRegistry()
        if found.manifest.config.mediaType.isModelConfig {
            let view = ArtifactView(found)
            if json { printJSON(view.json) } else { print(printable(view.text)) }
        } else {
            let view = ImageView(found, config: try ImageConfig(found.configJSON))
            if json { printJSON(view.json) } else { print(printable(view.text)) }
        }
    }

    private func ofLayout() throws -> InspectedManifest {
        let layout = try ImageLayout(image)
        let descriptor = try layout.manifestDescriptor(named: choice.image, platform: choice.wantedPlatform())
        let artifact = try layout.artifact(descriptor)
        let configJSON =
            artifact.manifest.config.mediaType.isModelConfig
            ? try artifact.configJSON() : try layout.image(descriptor).configJSON
        return InspectedManifest(
            name: image,
            digest: artifact.digest,
            manifest: artifact.manifest,
            configJSON: configJSON,
            names: layout.index.entries.compactMap { entry in
                entry.descriptor.annotations[ImageIndex.containerdNameKey]
                    ?? entry.descriptor.annotations[ImageIndex.referenceNameKey]
            },
            referrers: try distinct(artifact.digest, layout.root(named: choice.image).digest)
                .flatMap { try layout.referrers(of: $0).map(\.entry) }
        )
    }

    private func ofRegistry() throws -> InspectedManifest {
        let name = try ImageReference(parsing: image)
        let client = try choice.registry.client(name)
        let root = try client.manifest(ManifestReference(name))
        let stored = try client.imageManifest(root, platform: choice.wantedPlatform())
        let manifest = try ImageManifest(JSONValue.parse(stored.bytes))
        return InspectedManifest(
            name: name.familiarName,
            digest: stored.digest,
            manifest: manifest,
            configJSON: try client.configJSON(of: manifest, in: choice.registry.store()),
            names: [name.description],
            platforms: root.mediaType.isIndex ? try ImageIndex(bytes: root.bytes).entries.compactMap(\.platform) : [],
            referrers: try distinct(stored.digest, root.digest).flatMap { try client.referrers(of: $0) }
        )
    }
}

/// The image, and the index that leads to it when there is one: either may have referrers.
private func distinct(_ image: Digest, _ root: Digest) -> [Digest] { image == root ? [image] : [image, root] }
