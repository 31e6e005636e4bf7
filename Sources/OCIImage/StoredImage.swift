package import ContentStore
import Diagnostics
import JSON

/// The image of a digest for a platform, when all of its parts are in a store.
///
/// *Throws*: `platform` when the digest is of an index without such an image, `malformed`.
package func storedImage(_ digest: Digest, platform: Platform, in store: ContentStore) throws -> Image? {
    var digest = digest
    for _ in 0..<4 {
        guard store.byteCount(of: digest) != nil else { return nil }
        let bytes = try store.read(digest, limit: manifestByteLimit)
        let json = try JSONValue.parse(bytes)
        if json["manifests"] != nil {
            digest = try ImageIndex(bytes: bytes).entry(for: platform).descriptor.digest
            continue
        }
        let manifest = try ImageManifest(json)
        for part in [manifest.config] + manifest.layers where store.byteCount(of: part.digest) != part.byteCount {
            return nil
        }
        return try Image(manifestBytes: bytes) { FileBlob(path: store.path(of: $0)) }
    }
    throw OCIImageError(.malformed, "indexes nest too deep")
}
