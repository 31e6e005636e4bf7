import Archives
import ContentStore
import Diagnostics
import Files
import JSON
package import OCIImage

/// One tar file that is an OCI archive and a Docker archive at once: `docker load` and `podman load` take it.
///
/// *Source*: OCI image specification 1.1, image-layout.md; the `manifest.json` of `docker save`, with paths into
/// `blobs/sha256` as Docker 25 and later write them.
package struct HybridArchiveSink: ImageSink {
    package let name = "archive"
    package let summary = "one file for `docker load`, `podman load`, skopeo and crane"

    /// The sink.
    package init() {}

    package func write(_ image: Image, names: [ImageReference], to path: String) throws {
        let file = try AtomicFile(path: path)
        let tar = try TarWriter { try file.write($0) }
        try add("oci-layout", layoutMarker, to: tar)
        try add("index.json", layoutIndex(image, names: names), to: tar)
        try add("manifest.json", dockerManifest(image, names: names), to: tar)
        for folder in ["blobs", "blobs/sha256"] {
            try tar.begin(TarEntry(path: folder, kind: .folder, mode: 0o755))
        }
        for part in image.parts {
            let kind = TarEntry.Kind.file(byteCount: part.descriptor.byteCount)
            try tar.begin(TarEntry(path: layoutPath(part.descriptor.digest), kind: kind, mode: 0o644))
            try copy(part) { try tar.write($0) }
        }
        try tar.finish()
        try file.commit()
    }

    private func add(_ path: String, _ bytes: [UInt8], to tar: TarWriter) throws {
        try tar.add(TarEntry(path: path, kind: .file(byteCount: bytes.count), mode: 0o644), bytes)
    }

    private func dockerManifest(_ image: Image, names: [ImageReference]) -> [UInt8] {
        let entry: JSONValue = [
            "Config": .string(layoutPath(image.manifest.config.digest)),
            "RepoTags": .array(names.filter { $0.digest == nil }.map { .string($0.familiarName) }),
            "Layers": .array(image.manifest.layers.map { .string(layoutPath($0.digest)) }),
        ]
        return JSONValue.array([entry]).serialized(.canonical)
    }
}
