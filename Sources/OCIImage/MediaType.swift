/// What a blob holds, in the words of the OCI image specification.
///
/// *Source*: OCI image specification 1.1, media-types.md.
package enum MediaType: String, Sendable, CaseIterable {
    case imageConfig = "application/vnd.oci.image.config.v1+json"
    case imageIndex = "application/vnd.oci.image.index.v1+json"
    case imageManifest = "application/vnd.oci.image.manifest.v1+json"
    case layer = "application/vnd.oci.image.layer.v1.tar"
    case layerGzip = "application/vnd.oci.image.layer.v1.tar+gzip"
    case layerZstd = "application/vnd.oci.image.layer.v1.tar+zstd"

    /// Whether it is a layer of a file system.
    package var isLayer: Bool { self == .layer || self == .layerGzip || self == .layerZstd }
}
