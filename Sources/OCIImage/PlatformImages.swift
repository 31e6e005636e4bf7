package import ContentStore
import Diagnostics

/// What a name stands for: one image, or an index over the images of several platforms.
///
/// For example:
///
///     let images = try PlatformImages([amd64, arm64])
///     try sink.write(images, names: names, to: "iris.tar")
package struct PlatformImages: Sendable {
    /// The index; `nil` when there is one image that a name stands for by itself.
    package let index: ImageIndex?
    /// The images in the order of the index.
    package let images: [Image]
    /// The index or the only manifest, as an index of names refers to it.
    package let descriptor: Descriptor

    /// One image, without an index.
    package init(_ image: Image) {
        index = nil
        images = [image]
        descriptor = image.descriptor
    }

    /// An index over images, in the order of their platforms' names: the same images give the same digest.
    ///
    /// *Throws*: `platform` when two images are for one platform, or none is there.
    package init(_ images: [Image], annotations: [String: String] = [:]) throws(OCIImageError) {
        let sorted = images.sorted {
            $0.config.platform.description.utf8.lexicographicallyPrecedes($1.config.platform.description.utf8)
        }
        guard !sorted.isEmpty else {
            throw OCIImageError(.platform, "there are no images, expected one for each platform")
        }
        for (image, next) in zip(sorted, sorted.dropFirst()) where image.config.platform == next.config.platform {
            throw OCIImageError(.platform, "there are two images for `\(image.config.platform)`, expected one")
        }
        let index = ImageIndex(
            entries: sorted.map { ImageIndex.Entry(descriptor: $0.descriptor, platform: $0.config.platform) },
            annotations: annotations
        )
        self.init(index: index, images: sorted)
    }

    /// The images of an index that was read.
    package init(index: ImageIndex, images: [Image]) {
        self.index = index
        self.images = images
        descriptor = index.descriptor
    }

    /// The digest that the name stands for.
    package var digest: Digest { descriptor.digest }

    /// What Docker calls the image: the digest of its config; `nil` for the images of several platforms.
    package var imageID: Digest? { images.count == 1 ? images.first?.manifest.config.digest : nil }

    /// The image for a platform; a single image is for whoever asks for it.
    ///
    /// *Throws*: `platform` when there is none, with the platforms that there are.
    package func image(for platform: Platform) throws(OCIImageError) -> Image {
        if index == nil, let image = images.first { return image }
        let matching =
            images.first { $0.config.platform == platform } ?? images.first { $0.config.platform.matches(platform) }
        if let matching { return matching }
        throw OCIImageError(
            .platform,
            "there is no image for `\(platform)`, it is for "
                + (images.isEmpty ? "no platform" : images.map { "`\($0.config.platform)`" }.joined(separator: ", "))
        )
    }

    /// The image for a platform, or the first one.
    package func preferred(_ platform: Platform) -> Image? {
        (try? image(for: platform)) ?? images.first
    }

    /// The images, without the attestations of buildx, which stand in an index as images for the platform `unknown`.
    package var platformImages: [Image] {
        guard let index else { return images }
        return zip(index.entries, images).filter { $0.0.platform?.operatingSystem != "unknown" }.map(\.1)
    }

    /// All parts, each once, sorted by digest: the index, and the manifests, configs and layers of all images.
    package var parts: [(descriptor: Descriptor, blob: any BlobSource)] {
        var seen: Set<Digest> = []
        let indexPart = index.map { [($0.descriptor, MemoryBlob($0.bytes) as any BlobSource)] } ?? []
        return (indexPart + images.flatMap { $0.parts.map { ($0.descriptor, $0.blob) } })
            .filter { seen.insert($0.0.digest).inserted }
            .sorted { $0.0.digest.hex < $1.0.digest.hex }
            .map { (descriptor: $0.0, blob: $0.1) }
    }
}
