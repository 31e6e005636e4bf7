import Archives
package import ContentStore
import Diagnostics
import JSON
import OCIArchive
package import OCIImage

/// Layers that were made before, found by everything that goes into them.
package struct LayerCache: Sendable {
    /// A layer, and whether the same inputs made it before.
    package struct Entry: Sendable {
        package let layer: ImageLayer
        package let isReused: Bool
    }

    package let store: ContentStore
    /// Whatever changes the bytes of a layer for the same files counts this up.
    private static let formatVersion = 2

    /// The cache in a store.
    package init(store: ContentStore) { self.store = store }

    /// Layers taken from the store when the same inputs made them before, or else made.
    ///
    /// *Parameter* inputs: names the content of the layers completely: digests of all that they are made from.
    /// *Parameter* make: gives the layers, stored.
    /// *Throws*: what `make` throws.
    package func layers(inputs: [String], make: () throws -> [ImageLayer]) throws -> [Entry] {
        let key = Digest(
            of: JSONValue.array(
                [.number(JSONNumber(Self.formatVersion)), .string(archiveToolchain)] + inputs.map { .string($0) }
            ).serialized(.canonical)
        )
        if let layers = known(key) { return layers.map { Entry(layer: $0, isReused: true) } }
        let layers = try make()
        let record = JSONValue.array(
            layers.map { layer in
                [
                    "blob": layer.descriptor.json, "diff_id": .string(layer.diffID.description),
                    "created_by": .string(layer.history.createdBy),
                ]
            }
        )
        try store.setRecord(key, record.serialized(.canonical))
        return layers.map { Entry(layer: $0, isReused: false) }
    }

    private func known(_ key: Digest) -> [ImageLayer]? {
        guard let bytes = store.record(key), let records = try? JSONValue.parse(bytes).array else { return nil }
        let layers = records.compactMap { record -> ImageLayer? in
            guard let descriptor = record["blob"].flatMap({ try? Descriptor($0) }),
                let diffID = record["diff_id"]?.string.flatMap({ try? Digest(parsing: $0) }),
                let createdBy = record["created_by"]?.string,
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
        return layers.count == records.count ? layers : nil
    }
}
