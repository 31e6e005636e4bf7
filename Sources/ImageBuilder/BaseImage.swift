package import ContentStore
import Diagnostics
import Downloads
import OCIArchive
package import OCIImage
package import OCIRegistry

/// An image that others are built on: its layers stay as they are, byte by byte.
///
/// For example:
///
///     let source = try BaseImageSource(parsing: "ghcr.io/acme/base@sha256:…")
///     let base = try source.image(for: platform, store: store)
///     let image = Image(config: config.overlaid(on: base.config), layers: try base.layers() + layers)
package struct BaseImage: Sendable {
    /// The name or the path that it was asked for by.
    package let name: String
    /// Its name in a registry, without the digest; `nil` for a file.
    let registryName: String?
    package let image: Image

    /// How containers of the base run.
    package var config: ImageConfig { image.config }

    /// The layers, bottom first.
    ///
    /// *Throws*: `malformed` when the config has another number of `diff_ids`, `mediaType` for other layers.
    package func layers() throws -> [ImageLayer] {
        do { return try image.layersOfBase() } catch { throw error.within(.item("base", name)) }
    }

    /// What an image says of its base.
    ///
    /// *Source*: OCI image specification 1.1, annotations.md.
    package var annotations: [String: String] {
        var annotations = ["org.opencontainers.image.base.digest": image.digest.description]
        annotations["org.opencontainers.image.base.name"] = registryName
        return annotations
    }
}

/// Where a base image is: in a registry, under a digest, or in an archive or a layout.
package struct BaseImageSource: Sendable, Hashable {
    private enum Location: Sendable, Hashable {
        case registry(ImageReference)
        case file(path: String, Digest?)
    }

    private let location: Location
    private let text: String

    /// Reads `name@sha256:…`, or a path that starts with `/`, `./` or `../`, with a digest or without.
    ///
    /// *Throws*: `base` for a name without a digest: what a tag stands for changes.
    package init(parsing text: String) throws {
        self.text = text
        guard ["/", "./", "../"].contains(where: text.hasPrefix) else {
            let reference = try ImageReference(parsing: text)
            guard reference.digest != nil else {
                throw ImageBuilderError(
                    .base,
                    at: .item("base", text),
                    "the name has no digest, expected `name@sha256:…`",
                    hint: "`mlpack image inspect \(text)` shows it"
                )
            }
            location = .registry(reference)
            return
        }
        guard let at = text.lastIndex(of: "@"), text[at...].hasPrefix("@sha256:") else {
            location = .file(path: text, nil)
            return
        }
        location = .file(path: String(text[..<at]), try Digest(parsing: String(text[text.index(after: at)...])))
    }

    /// The image for a platform.
    ///
    /// *Parameter* store: where blobs of a registry are kept; what it has is not fetched again.
    /// *Throws*: `base` when the store lacks a part and nothing is to be fetched, when there is another digest, and when
    /// the image is for another platform; what reading and pulling throws.
    package func image(
        for platform: Platform,
        store: ContentStore,
        isOffline: Bool = false,
        options: Registry.Options = Registry.Options()
    ) throws -> BaseImage {
        let place = Place.item("base", text)
        let image: Image
        switch location {
        case .file(let path, let digest): image = try self.image(at: path, digest, platform)
        case .registry(let reference):
            guard let digest = reference.digest else { throw ImageBuilderError(.base, at: place, "there is no digest") }
            if let stored = try storedImage(digest, platform: platform, in: store) {
                image = stored
            } else {
                guard !isOffline else {
                    throw ImageBuilderError(
                        .base,
                        at: place,
                        "the image is not in the cache `\(store.root)`, and nothing is fetched offline"
                    )
                }
                image = try pull(reference, digest, platform, store, options)
            }
        }
        guard image.config.platform.matches(platform) else {
            throw ImageBuilderError(
                .base,
                at: place,
                "the image is for another platform, expected `\(platform)`, got `\(image.config.platform)`"
            )
        }
        var registryName: String?
        if case .registry(let reference) = location { registryName = reference.withoutDigest.description }
        return BaseImage(name: text, registryName: registryName, image: image)
    }

    private func image(at path: String, _ digest: Digest?, _ platform: Platform) throws -> Image {
        let layout = try ImageLayout(path)
        let root = try layout.index.entries.first { $0.descriptor.digest == digest }?.descriptor ?? layout.root()
        let image = try layout.images(root).image(for: platform)
        guard digest == nil || digest == root.digest || digest == image.digest else {
            throw ImageBuilderError(
                .base,
                at: .item("base", text),
                "the image has another digest, got `\(root.digest)`"
            )
        }
        return image
    }

    private func pull(
        _ reference: ImageReference,
        _ digest: Digest,
        _ platform: Platform,
        _ store: ContentStore,
        _ options: Registry.Options
    ) throws -> Image {
        let connection = try HTTPConnection()
        let registry = try Registry.connect(to: reference.domain, options: options, over: connection)
        let pull = ImagePull(registry, repository: reference.path, store: store)
        return try pull.run(.digest(digest), platform: platform, over: connection).images.image(for: platform)
    }
}
