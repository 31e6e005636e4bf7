import Diagnostics
import OCIImage

/// The most bytes that a certificate may have.
private let certificateByteLimit = 1 << 20

/// Certificates that are put together in one file; paths are relative to the root.
package struct CertificateBundle: Sendable, Hashable {
    /// The folder that they stand below.
    package var folder: String
    /// The file.
    package var bundle: String
    /// Whether they stay where they are, too.
    package var keepsFolder: Bool

    /// A bundle of what stands below a folder.
    package init(folder: String, bundle: String, keepsFolder: Bool = true) {
        self.folder = folder
        self.bundle = bundle
        self.keepsFolder = keepsFolder
    }
}

extension RootTree {
    /// Puts the certificates below a folder together in one file, as `update-ca-certificates` does.
    ///
    /// *Throws*: `certificates` when there are none, and the errors of reading files.
    mutating func bundleCertificates(_ certificates: CertificateBundle) throws {
        let (folder, bundle) = (certificates.folder, certificates.bundle)
        var found: [Int] = []
        let top = find(Self.components(folder))
        if let number = top {
            forEach(below: number) { number, node in
                if case .file = node.content, node.name.suffix(4) == Array(".crt".utf8) { found.append(number) }
            }
        }
        guard let first = found.first else {
            throw ImageBuilderError(
                .certificates,
                at: .item("path", folder),
                "there is no `.crt` file below it",
                hint: "the package ca-certificates has them"
            )
        }
        var bytes: [UInt8] = []
        for number in found {
            guard case .file(let blob, _, _) = nodes[number].content else { continue }
            bytes += try blob.bytes(limit: certificateByteLimit)
            if bytes.last != 0x0A { bytes.append(0x0A) }
        }
        if let top, !certificates.keepsFolder { remove(top) }
        let components = Self.components(bundle)
        let parent = try self.folder(Array(components.dropLast()))
        let content = Content.file(MemoryBlob(bytes), byteCount: bytes.count, link: nil)
        let (attributes, origin) = (Attributes(mode: 0o644), nodes[first].origin)
        guard let name = components.last else { return }
        if let standing = nodes[parent].children[name] {
            replace(standing, content, attributes, origin: origin)
        } else {
            append(content, attributes, origin: origin, parent: parent, name: name)
        }
    }
}
