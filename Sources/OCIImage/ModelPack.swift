/// The names of the CNCF's ModelPack: models as artifacts of registries.
///
/// *Source*: github.com/modelpack/model-spec, specs-go/v1.
package enum ModelPack {
    package static let artifactType = "application/vnd.cncf.model.manifest.v1+json"
    /// The path of a layer's file, or of the folder that its files are in.
    package static let filePathKey = "org.cncf.model.filepath"

    /// The path of a layer, by its annotation; `nil` without one.
    package static func path(of layer: Descriptor) -> String? {
        [filePathKey, "org.cnai.model.filepath"].compactMap { layer.annotations[$0] }.first
    }

    /// How a layer holds its files.
    package enum Form: Sendable, Hashable {
        /// One file, as it is.
        case raw
        /// A tar, in the form that the type of an image's layer names.
        case tar(MediaType)
    }

    /// The form of a layer by its type; `nil` for a type that is none of ModelPack's.
    ///
    /// The names of the specification before it went to the CNCF are known too.
    package static func form(_ mediaType: MediaType) -> Form? {
        let name = mediaType.rawValue
        guard ["application/vnd.cncf.model.", "application/vnd.cnai.model."].contains(where: name.hasPrefix) else {
            return nil
        }
        switch name.split(separator: ".").last {
        case "raw": return .raw
        case "tar": return .tar(.layer)
        case "tar+gzip": return .tar(.layerGzip)
        case "tar+zstd": return .tar(.layerZstd)
        default: return nil
        }
    }

    /// The type of weights that are stored as a layer of an image is; `nil` for what is no layer.
    package static func weightType(_ layer: MediaType) -> MediaType? {
        switch layer.ofOCI {
        case .layer: MediaType(rawValue: "application/vnd.cncf.model.weight.v1.tar")
        case .layerGzip: MediaType(rawValue: "application/vnd.cncf.model.weight.v1.tar+gzip")
        case .layerZstd: MediaType(rawValue: "application/vnd.cncf.model.weight.v1.tar+zstd")
        default: nil
        }
    }
}

extension MediaType {
    package static let modelConfig = MediaType(rawValue: "application/vnd.cncf.model.config.v1+json")

    /// Whether it is the config of a ModelPack artifact.
    package var isModelConfig: Bool {
        self == .modelConfig || rawValue == "application/vnd.cnai.model.config.v1+json"
    }
}
