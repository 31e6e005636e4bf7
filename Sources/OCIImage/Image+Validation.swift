import ContentStore
import Diagnostics

extension Image {
    /// Holds the image against its own words: every digest and size, every `diff_id`, the counts of layers and history.
    ///
    /// *Parameter* uncompressed: the tar of a layer that is stored compressed.
    /// *Throws*: the first `malformed` or `digestMismatch`, and what reading a part throws.
    package func validate(uncompressed: (Descriptor, any BlobSource) throws -> any BlobSource) throws {
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
            do {
                let got = try (layer.mediaType.isPlainLayer ? blob : uncompressed(layer, blob)).digest().digest
                guard got == diffID else {
                    throw OCIImageError(
                        .digestMismatch,
                        "the diff_id is another, expected `\(diffID)`, got `\(got)`"
                    )
                }
            } catch let error as any Diagnostic {
                throw error.within(.item("layer", layer.digest.description))
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

    /// Holds a part against its digest and its size.
    ///
    /// *Throws*: `digestMismatch`, and what reading throws.
    package func check(_ part: Descriptor) throws {
        guard let blob = blob(part.digest) else { return }
        do { try blob.read(as: part) } catch let error as any Diagnostic {
            throw error.within(.item("blob", part.digest.description))
        }
    }
}
