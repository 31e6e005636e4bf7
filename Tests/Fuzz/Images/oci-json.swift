import ContentStore
import Diagnostics
import JSON
@testable import OCIImage
import OCIRegistry

/// One input of libFuzzer as everything that OCI has in JSON, and as names of images: it may be refused, it may not
/// crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = inputBytes(start, count)
    for line in lines(bytes) { readNames(line) }
    guard let json = try? JSONValue.parse(bytes) else { return 0 }
    readManifest(json, bytes)
    if let config = try? ImageConfig(json) {
        hold((try? ImageConfig(config.json)) == config, "the config is read another way")
        _ = ImageConfig().overlaid(on: config)
        _ = config.overlaid(on: config)
    }
    if let descriptor = try? Descriptor(json) {
        hold((try? Descriptor(descriptor.json)) == descriptor, "the descriptor is read another way")
    }
    if let index = try? ImageIndex(bytes: bytes) {
        let written = ImageIndex(entries: index.entries)
        hold((try? ImageIndex(bytes: written.bytes).entries) == index.entries, "the index is read another way")
        _ = try? index.entry(for: Platform(operatingSystem: "linux", architecture: "amd64"))
    }
    return 0
}

private func readManifest(_ json: JSONValue, _ bytes: [UInt8]) {
    guard let manifest = try? ImageManifest(json) else { return }
    hold((try? ImageManifest(manifest.json)) == manifest, "the manifest is read another way")
    let config = ImageConfig().json.serialized(.canonical)
    _ = try? Referrer(manifestBytes: bytes) { _ in Array("{}".utf8) }
    guard let image = try? Image(manifestBytes: bytes, blob: { _ in MemoryBlob(config) }) else { return }
    _ = try? image.artifact.checkParts()
    _ = try? image.layersOfBase()
    _ = (image.parts.count, image.descriptor)
}

/// What is read of a name says the same when it is written and read again.
private func readNames(_ text: String) {
    if let name = try? ImageReference(parsing: text) {
        for words in [name.description, name.familiarName] {
            hold((try? ImageReference(parsing: words)) == name, "`\(words)` is read another way")
        }
    }
    if let platform = try? Platform(parsing: text) {
        hold((try? Platform(parsing: platform.description)) == platform, "`\(platform)` is read another way")
    }
    if let digest = try? Digest(parsing: text) {
        hold((try? Digest(parsing: digest.description)) == digest, "`\(digest)` is read another way")
    }
    _ = Challenge.parse(text)
}
