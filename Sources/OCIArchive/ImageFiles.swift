import ContentStore
import Diagnostics
package import OCIImage

/// The files of an image as a container sees them: all layers on top of one another.
package struct ImageFiles: Sendable {
    /// Where the bytes of a file stand: in which layer, bottom first, and in which entry of its tar.
    ///
    /// A path says too little: of those that stand twice in one layer, the last counts.
    package struct Content: Sendable, Hashable {
        package var layer: Int
        package var entry: Int
    }

    /// What stands under a path.
    package enum Kind: Sendable, Hashable {
        case folder
        case file(Content, byteCount: Int)
        case symbolicLink(target: String)
        /// A device, a socket or whatever else.
        case other
    }

    /// A file with its rights.
    package struct File: Sendable, Hashable {
        package var kind: Kind
        package var mode: UInt32
        package var userID: Int
        package var groupID: Int
        /// The layer that the file is of.
        package var layer: Int
    }

    /// The files by their path, without a slash at either end.
    package let files: [EntryPath: File]

    /// Reads the layers of an image.
    ///
    /// *Throws*: `digestMismatch`, `malformed` for a damaged layer, and for a hard link to nothing; `path` for names that lead out.
    package init(_ image: Image) throws {
        var stack = LayerStack()
        for (number, layer) in image.manifest.layers.enumerated() {
            guard let blob = image.blob(layer.digest) else { continue }
            try locatingAny(.item("layer", layer.digest.description)) { try stack.add(layer, blob, number) }
        }
        files = stack.files
    }
}
