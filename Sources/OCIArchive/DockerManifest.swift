import Diagnostics
import JSON
import OCIImage

/// The `manifest.json` of a Docker archive with one image.
func dockerManifest(_ image: Image, names: [ImageReference], path: (Descriptor) -> String) -> [UInt8] {
    let entry: JSONValue = [
        "Config": .string(path(image.manifest.config)),
        "RepoTags": .array(names.filter { $0.digest == nil }.map { .string($0.familiarName) }),
        "Layers": .array(image.manifest.layers.map { .string(path($0)) }),
    ]
    return JSONValue.array([entry]).serialized(.canonical)
}
