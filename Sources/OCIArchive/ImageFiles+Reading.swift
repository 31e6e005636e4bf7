import Archives
import ContentStore
import Diagnostics
package import OCIImage

extension ImageFiles {
    /// What gives the bytes of a file, piece by piece.
    package typealias Reader = ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

    /// Reads files, layer by layer; each layer that has one of them is read once.
    ///
    /// *Parameter* body: gets the path of a file and what reads it.
    /// *Throws*: `malformed` for a damaged layer, and whatever `body` throws.
    package func read(_ paths: some Sequence<String>, of image: Image, _ body: (String, Reader) throws -> Void) throws {
        var wanted: [Content: [String]] = [:]
        for path in paths {
            guard case .file(let content, _)? = files[EntryPath(path)]?.kind else { continue }
            wanted[content, default: []].append(path)
        }
        try readContents(wanted, of: image) { paths, tar in
            // A tar is read forward: what several names share is read under the first.
            for path in paths.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }).prefix(1) {
                try body(path) { consume in
                    try withoutActuallyEscaping(consume) { consume in try tar.read { try consume($0) } }
                }
            }
        }
    }
}

/// Hands what stands for some contents to `body`, with the tar at their bytes; each layer that has one of them is read once.
///
/// *Throws*: `malformed` for a damaged layer, and whatever `body` throws.
func readContents<Value>(
    _ wanted: [ImageFiles.Content: Value],
    of image: Image,
    _ body: (Value, TarReader) throws -> Void
) throws {
    let layers = Set(wanted.keys.map(\.layer))
    for (number, layer) in image.manifest.layers.enumerated() where layers.contains(number) {
        guard let blob = image.blob(layer.digest) else { continue }
        try locatingAny(.item("layer", layer.digest.description)) {
            var content = ImageFiles.Content(layer: number, entry: 0)
            try readLayer(layer, blob) { _, tar in
                if let value = wanted[content] { try body(value, tar) }
                content.entry += 1
            }
        }
    }
}
