import Diagnostics
import Foundation
import JSON
import OCIArchive
package import OCIImage

extension Inventory {
    /// Looks into an image: Debian packages by dpkg's database, Python distributions by their metadata, files of models, and
    /// the server.
    ///
    /// *Parameter* modelsFolder: where models stand, without a slash before it.
    /// *Throws*: `malformed` for a damaged layer, and what reading throws.
    package init(_ image: Image, named name: String, modelsFolder: String = "models") throws {
        self.init(
            subject: Subject(name: name, digest: image.digest, architecture: image.config.architecture),
            created: image.configJSON["created"]?.string.flatMap(wholeSeconds) ?? Self.epoch
        )
        var scan = ImageScan(image, try ImageFiles(image), modelsFolder: modelsFolder)
        try scan.run()
        components = scan.components
    }
}

/// A time of RFC 3339 in whole seconds of UTC, which SPDX asks for; `nil` for any other text.
///
/// *Source*: SPDX 2.3, clause 6.9.
private func wholeSeconds(_ text: String) -> String? {
    let date = try? Date(text.replacing(/\.[0-9]+/, with: ""), strategy: .iso8601)
    return date?.formatted(.iso8601)
}
