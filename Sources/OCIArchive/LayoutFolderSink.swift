import ContentStore
import Diagnostics
import Files
import Glibc
import JSON
package import OCIImage

/// A folder in the form of an OCI layout, for `crane push`, skopeo and umoci.
///
/// Blobs that stand there already are kept; `index.json` is written last, and names this image alone.
package struct LayoutFolderSink: ImageSink {
    package let name = "oci-layout"
    package let summary = "a folder for crane, skopeo and umoci"

    /// The sink.
    package init() {}

    package func write(_ image: Image, names: [ImageReference], to path: String) throws {
        try makeFolders("\(path)/blobs/sha256")
        for part in image.parts {
            let target = "\(path)/\(layoutPath(part.descriptor.digest))"
            if access(target, F_OK) == 0, try digestOfFile(target).digest == part.descriptor.digest { continue }
            let file = try AtomicFile(path: target)
            try copy(part) { try file.write($0) }
            try file.commit()
        }
        try writeFile("\(path)/oci-layout", layoutMarker)
        try writeFile("\(path)/index.json", layoutIndex(image, names: names))
    }
}
