import Archives
import ContentStore
import Diagnostics
package import OCIImage

extension ImageFiles {
    /// What gives the bytes of a file, piece by piece.
    package typealias Reader = ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

    /// Reads files, layer by layer; each layer that has one of them is read once.
    ///
    /// *Parameter* body: gets the path of a file and what reads it; where a layer has a path twice, it is called again with
    /// the bytes that count.
    /// *Throws*: `malformed` for a damaged layer, and whatever `body` throws.
    package func read(_ paths: some Sequence<String>, of image: Image, _ body: (String, Reader) throws -> Void) throws {
        var wanted: [Int: [String: [String]]] = [:]
        for path in paths {
            guard case .file(let content, _)? = files[EntryPath(path)]?.kind else { continue }
            wanted[content.layer, default: [:]][content.path.text, default: []].append(path)
        }
        for (number, layer) in image.manifest.layers.enumerated() {
            guard let wanted = wanted[number], let blob = image.blob(layer.digest) else { continue }
            try locatingAny(.item("layer", layer.digest.description)) {
                try readLayer(blob) { entry, tar in
                    guard case .file = entry.kind, let paths = wanted[entry.path] else { return }
                    // A tar is read forward: what several names share is read under the first.
                    for path in paths.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }).prefix(1) {
                        try body(path) { consume in
                            try withoutActuallyEscaping(consume) { consume in try tar.read { try consume($0) } }
                        }
                    }
                }
            }
        }
    }
}
