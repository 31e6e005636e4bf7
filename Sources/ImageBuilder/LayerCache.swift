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

    /// Layers, and what is noted beside them.
    struct Made {
        var layers: [ImageLayer]
        var note = JSONValue.null
    }

    package let store: ContentStore
    /// Whatever changes the bytes of a layer for the same files counts this up.
    private static let formatVersion = 3

    /// The cache in a store.
    package init(store: ContentStore) { self.store = store }

    /// Layers, and the note beside them, taken from the store when the same inputs made them before, or else made.
    ///
    /// *Parameter* inputs: names the content of the layers completely: digests of all that they are made from.
    /// *Parameter* make: gives the layers, stored.
    /// *Throws*: what `make` throws.
    func layers(inputs: [String], make: () throws -> Made) throws -> (entries: [Entry], note: JSONValue) {
        let key = Digest(
            of: JSONValue.array(
                [.number(JSONNumber(Self.formatVersion))]
                    + (LayerCompression.allCases.map(\.toolchain) + inputs).map { .string($0) }
            ).serialized(.canonical)
        )
        if let known = known(key) { return (known.layers.map { Entry(layer: $0, isReused: true) }, known.note) }
        let made = try make()
        let layers = made.layers.map { layer -> JSONValue in
            [
                "blob": layer.descriptor.json, "diff_id": .string(layer.diffID.description),
                "created_by": .string(layer.history.createdBy),
            ]
        }
        let record: JSONValue = ["layers": .array(layers), "note": made.note]
        try store.setRecord(key, record.serialized(.canonical))
        return (made.layers.map { Entry(layer: $0, isReused: false) }, made.note)
    }

    private func known(_ key: Digest) -> Made? {
        guard let bytes = store.record(key), let record = try? JSONValue.parse(bytes),
            let records = record["layers"]?.array
        else { return nil }
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
        return layers.count == records.count ? Made(layers: layers, note: record["note"] ?? .null) : nil
    }
}
