package import ContentStore
import Diagnostics
import JSON
package import OCIArchive
package import OCIImage

/// Compressed layers that were made before, found by everything that goes into them.
package struct LayerCache: Sendable {
    private let store: ContentStore
    /// Whatever changes the bytes of a layer for the same files counts this up.
    private static let formatVersion = 1

    /// The cache in a store.
    package init(store: ContentStore) { self.store = store }

    /// The layer of a tree, taken from the store when the same inputs made it before.
    ///
    /// *Parameter* inputs: names the content of `tree` completely: digests of all that it is made from.
    /// *Throws*: what making the layer throws.
    package func layer(
        createdBy: String,
        inputs: [String],
        _ tree: LayerTree
    ) throws -> (layer: ImageLayer, isReused: Bool) {
        let key = Digest(
            of: JSONValue.array(
                [.number(JSONNumber(Self.formatVersion)), .string(LayerCompression.gzip.toolchain)]
                    + inputs.map { .string($0) }
            ).serialized(.canonical)
        )
        if let layer = known(key, createdBy: createdBy) { return (layer, true) }
        let layer = try tree.layer(compression: .gzip, createdBy: createdBy, in: store)
        let record: JSONValue = ["blob": layer.descriptor.json, "diff_id": .string(layer.diffID.description)]
        try store.setRecord(key, record.serialized(.canonical))
        return (layer, false)
    }

    private func known(_ key: Digest, createdBy: String) -> ImageLayer? {
        guard let bytes = store.record(key), let record = try? JSONValue.parse(bytes),
            let descriptor = record["blob"].flatMap({ try? Descriptor($0) }),
            let diffID = record["diff_id"]?.string.flatMap({ try? Digest(parsing: $0) }),
            store.byteCount(of: descriptor.digest) == descriptor.byteCount,
            (try? digestOfFile(store.path(of: descriptor.digest)))?.digest == descriptor.digest
        else { return nil }
        return ImageLayer(
            descriptor: descriptor,
            diffID: diffID,
            history: ImageConfig.History(createdBy: createdBy),
            blob: FileBlob(path: store.path(of: descriptor.digest))
        )
    }
}
