import ContentStore
import Diagnostics

extension Image {
    /// Holds the image against its own words: every digest and size, every `diff_id`, the counts of layers and history.
    ///
    /// *Parameter* uncompressed: the tar of a layer that is stored compressed.
    /// *Throws*: the first `malformed` or `digestMismatch`, and what reading a part throws.
    package func validate(uncompressed: (MediaType, any BlobSource) throws -> any BlobSource) throws {
        guard manifest.config.mediaType.isImageConfig else {
            throw OCIImageError(
                .mediaType,
                "the config has another media type, got `\(manifest.config.mediaType.rawValue)`"
            )
        }
        let count = manifest.layers.count
        guard config.diffIDs.count == count else {
            throw OCIImageError(.malformed, "the config has \(config.diffIDs.count) diff_ids, expected \(count)")
        }
        let historyCount = config.layerHistory.count
        guard historyCount == 0 || historyCount == count else {
            throw OCIImageError(
                .malformed,
                "the config has \(historyCount) lines of history, expected \(count)"
            )
        }
        try artifact.check(manifest.config)
        for (layer, diffID) in zip(manifest.layers, config.diffIDs) {
            guard layer.mediaType.isLayer else {
                throw OCIImageError(.mediaType, "a layer has another media type, got `\(layer.mediaType.rawValue)`")
            }
            try artifact.check(layer)
            guard let blob = blob(layer.digest) else { continue }
            let tar = layer.mediaType.isPlainLayer ? blob : try uncompressed(layer.mediaType, blob)
            let got = try tar.digest().digest
            guard got == diffID else {
                throw OCIImageError(
                    .digestMismatch,
                    at: .item("layer", layer.digest.description),
                    "the diff_id is another, expected `\(diffID)`, got `\(got)`"
                )
            }
        }
    }
}

extension Artifact {
    /// Holds the config and the layers against the digests and sizes in the manifest.
    ///
    /// *Throws*: the first `digestMismatch`, and what reading a part throws.
    package func checkParts() throws {
        for part in [manifest.config] + manifest.layers { try check(part) }
    }

    fileprivate func check(_ part: Descriptor) throws {
        guard let blob = blob(part.digest) else { return }
        let (digest, byteCount) = try blob.digest()
        guard digest == part.digest, byteCount == part.byteCount else {
            throw OCIImageError(
                .digestMismatch,
                at: .item("blob", part.digest.description),
                "the bytes are others, expected \(part.byteCount) with this digest, got \(byteCount) with `\(digest)`"
            )
        }
    }
}
