import Archives
import ContentStore
import Diagnostics
package import OCIImage

/// The files of a ModelPack artifact, of whatever tool, as an image that holds nothing else.
///
/// Layers of a tar are taken as they are, and one of a single file is put under the path that its annotation says.
///
/// *Throws*: `unsupported` for layers of other types, `malformed` for a file without a path, `path` for one that climbs.
package func modelImage(of artifact: Artifact) throws -> Image {
    var layers: [ImageLayer] = []
    for layer in artifact.manifest.layers {
        let place = Place.item("layer", layer.digest.description)
        guard let form = ModelPack.form(layer.mediaType) else {
            throw OCIArchiveError(
                .unsupported,
                at: place,
                "media type `\(layer.mediaType.rawValue)` is none of ModelPack's"
            )
        }
        guard let blob = artifact.blob(layer.digest) else { continue }
        var descriptor = layer
        var content = blob
        switch form {
        case .tar(let mediaType): descriptor.mediaType = mediaType
        case .raw:
            guard let path = ModelPack.path(of: layer) else {
                throw OCIArchiveError(.malformed, at: place, "there is no annotation `\(ModelPack.filePathKey)`")
            }
            var tree = LayerTree()
            try locatingAny(place) { try tree.add(path, .file(blob, byteCount: layer.byteCount), mode: 0o644) }
            content = tree.tar
            let (digest, byteCount) = try content.digest()
            descriptor = Descriptor(mediaType: .layer, digest: digest, byteCount: byteCount)
        }
        layers.append(
            ImageLayer(
                descriptor: descriptor,
                diffID: descriptor.digest,
                history: ImageConfig.History(createdBy: ""),
                blob: content
            )
        )
    }
    return Image(config: ImageConfig(), layers: layers)
}

extension ImageExtraction {
    /// The model of a ModelPack artifact; what `models` holds when there is nothing beside it, as the artifacts have it that
    /// share their layers with an image.
    ///
    /// *Throws*: as `modelImage`, and as the other initializer.
    package init(model artifact: Artifact, to target: String) throws {
        let image = try modelImage(of: artifact)
        let isBelowModels = try ImageFiles(image).files.keys.allSatisfy { path in
            path == "models" || path.text.utf8.starts(with: "models/".utf8)
        }
        try self.init(image, below: isBelowModels ? "models" : "", to: target)
    }
}
