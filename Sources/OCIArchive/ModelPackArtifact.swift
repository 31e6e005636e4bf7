import Archives
import ContentStore
import Diagnostics
import JSON
package import OCIImage

/// The model of an image as a ModelPack artifact: its layers are those of the image, so that a registry that has the image
/// has every byte of the model already.
///
/// What the image's labels say of the model goes into the artifact's config.
///
/// *Throws*: `malformed` when no layer holds only files below `/models`, and what reading the layers throws.
/// *Source*: github.com/modelpack/model-spec, docs/spec.md and docs/config.md.
package func modelPackArtifact(of image: Image) throws -> Artifact {
    var layers: [Descriptor] = []
    var diffIDs: [Digest] = []
    var blobs: [Digest: any BlobSource] = [:]
    var isONNX = false
    for (layer, diffID) in zip(image.manifest.layers, image.config.diffIDs) {
        guard let mediaType = ModelPack.weightType(layer.mediaType), let blob = image.blob(layer.digest),
            let files = try modelFiles(layer, blob)
        else { continue }
        isONNX = isONNX || files.contains { $0.utf8.reversed().starts(with: ".onnx".utf8.reversed()) }
        var descriptor = layer
        descriptor.mediaType = mediaType
        descriptor.annotations = [ModelPack.filePathKey: files.count == 1 ? files[0] : commonFolder(files)]
        layers.append(descriptor)
        diffIDs.append(diffID)
        blobs[layer.digest] = blob
    }
    guard !layers.isEmpty else {
        throw OCIArchiveError(
            .malformed,
            "no layer of the image is of a model, expected one with all files in `/models`"
        )
    }
    let config = modelConfig(image.config.labels, diffIDs, format: isONNX ? "onnx" : nil).serialized(.canonical)
    let digest = Digest(of: config)
    blobs[digest] = MemoryBlob(config)
    return Artifact(
        manifest: ImageManifest(
            config: Descriptor(mediaType: .modelConfig, digest: digest, byteCount: config.count),
            layers: layers,
            artifactType: ModelPack.artifactType
        ),
        blobs: blobs
    )
}

/// The files of a layer that holds nothing beside `models`; `nil` for another one, and for one without files.
private func modelFiles(_ layer: Descriptor, _ blob: any BlobSource) throws -> [String]? {
    struct OtherLayer: Error {}
    var files: [String] = []
    do {
        try readLayer(layer, blob) { entry, _ in
            let isBelow = entry.path.utf8.starts(with: "models/".utf8)
            if entry.kind == .folder, isBelow || ["", "models"].contains(entry.path) { return }
            guard isBelow else { throw OtherLayer() }
            files.append(entry.path)
        }
    } catch is OtherLayer {
        return nil
    }
    return files.isEmpty ? nil : files
}

/// The deepest folder that all files are in.
private func commonFolder(_ files: [String]) -> String {
    var common = Array(files.first.map(components)?.dropLast() ?? [])
    for file in files.dropFirst() {
        let count = zip(common, components(file)).prefix { $0 == $1 }.count
        common = Array(common.prefix(count))
    }
    return common.joined(separator: "/")
}

private func components(_ path: String) -> [String] { path.unicodeScalars.split(separator: "/").map(String.init) }

/// The config of an artifact, after the labels of an image.
private func modelConfig(_ labels: [String: String], _ diffIDs: [Digest], format: String?) -> JSONValue {
    var descriptor: JSONObject = ["createdAt": .string(ImageConfig.epoch)]
    let texts = [
        ("description", "org.opencontainers.image.description"), ("docURL", "org.opencontainers.image.documentation"),
        ("name", "dev.mlpack.model.name"), ("revision", "org.opencontainers.image.revision"),
        ("sourceURL", "org.opencontainers.image.source"), ("title", "org.opencontainers.image.title"),
        ("vendor", "org.opencontainers.image.vendor"), ("version", "org.opencontainers.image.version"),
    ]
    for (key, label) in texts {
        if let text = labels[label], !text.isEmpty { descriptor[key] = .string(text) }
    }
    for (key, label) in [("authors", "authors"), ("licenses", "licenses")] {
        if let text = labels["org.opencontainers.image.\(label)"] { descriptor[key] = [.string(text)] }
    }
    return [
        "descriptor": .object(descriptor),
        "config": format.map { ["format": .string($0)] } ?? [:],
        "modelfs": ["type": "layers", "diffIds": .array(diffIDs.map { .string($0.description) })],
    ]
}
