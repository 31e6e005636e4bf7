/// What a blob holds, in the words of the OCI image specification; any other type is a value too.
///
/// *Source*: OCI image specification 1.1, media-types.md; Docker's Image Manifest version 2, schema 2.
package struct MediaType: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    /// A type by its name.
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let imageConfig = MediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    package static let imageIndex = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    package static let imageManifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    package static let layer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar")
    package static let layerGzip = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    package static let layerZstd = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")
    package static let dockerConfig = MediaType(rawValue: "application/vnd.docker.container.image.v1+json")
    package static let dockerLayer = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar")
    package static let dockerLayerGzip = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar.gzip")
    package static let dockerManifest = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    package static let dockerManifestList = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.list.v2+json"
    )

    /// Whether it is a layer of a file system.
    package var isLayer: Bool { [.layer, .layerGzip, .layerZstd, .dockerLayer, .dockerLayerGzip].contains(self) }

    /// Whether it is a layer that is stored uncompressed.
    package var isPlainLayer: Bool { self == .layer || self == .dockerLayer }

    /// OCI's name of a type of layer that Docker names otherwise.
    package var ofOCI: MediaType {
        switch self {
        case .dockerLayer: .layer
        case .dockerLayerGzip: .layerGzip
        default: self
        }
    }

    /// Whether it is the config of an image.
    package var isImageConfig: Bool { self == .imageConfig || self == .dockerConfig }

    /// Whether it is the manifest of one image.
    package var isManifest: Bool { self == .imageManifest || self == .dockerManifest }

    /// Whether it is a list of manifests.
    package var isIndex: Bool { self == .imageIndex || self == .dockerManifestList }
}
