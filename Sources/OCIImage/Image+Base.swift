import ContentStore
import Diagnostics

extension Image {
    /// The layers as the lowest ones of another image, bottom first; none of their bytes changes.
    ///
    /// Docker's names of the types of layers become OCI's.
    ///
    /// *Throws*: `malformed` when there is another number of `diff_ids`.
    package func layersOfBase() throws(OCIImageError) -> [ImageLayer] {
        guard config.diffIDs.count == manifest.layers.count else {
            throw OCIImageError(
                .malformed,
                "the config has \(config.diffIDs.count) diff_ids, expected \(manifest.layers.count)"
            )
        }
        let history = config.layerHistory
        var layers: [ImageLayer] = []
        for (index, (layer, diffID)) in zip(manifest.layers, config.diffIDs).enumerated() {
            guard layer.mediaType.isLayer else {
                throw OCIImageError(.mediaType, "a layer has another media type, got `\(layer.mediaType.rawValue)`")
            }
            guard let blob = blob(layer.digest) else {
                throw OCIImageError(.blobNotFound, "there is no blob `\(layer.digest)`, which the manifest names")
            }
            var descriptor = layer
            descriptor.mediaType = layer.mediaType.ofOCI
            descriptor.annotations = [:]
            layers.append(
                ImageLayer(
                    descriptor: descriptor,
                    diffID: diffID,
                    history: index < history.count ? history[index] : ImageConfig.History(createdBy: ""),
                    blob: blob
                )
            )
        }
        return layers
    }
}
