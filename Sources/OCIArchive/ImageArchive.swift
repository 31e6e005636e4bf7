import Archives
import Diagnostics
import Files
import OCIImage

/// A tar file of an image in the making, which appears under its name when it is whole.
final class ImageArchive {
    private let file: AtomicFile
    private let tar: TarWriter

    init(path: String) throws {
        let file = try AtomicFile(path: path)
        self.file = file
        tar = try TarWriter { try file.write($0) }
    }

    func add(_ path: String, _ bytes: [UInt8]) throws {
        try tar.add(TarEntry(path: path, kind: .file(byteCount: bytes.count), mode: 0o644), bytes)
    }

    func addFolder(_ path: String) throws { try tar.begin(TarEntry(path: path, kind: .folder, mode: 0o755)) }

    /// Adds a part, held against its digest while it passes.
    func add(_ path: String, _ part: (descriptor: Descriptor, blob: any BlobSource)) throws {
        let kind = TarEntry.Kind.file(byteCount: part.descriptor.byteCount)
        try tar.begin(TarEntry(path: path, kind: kind, mode: 0o644))
        try copy(part) { try tar.write($0) }
    }

    /// Adds all parts where an OCI layout has them.
    func addBlobs(_ images: PlatformImages) throws {
        for folder in ["blobs", "blobs/sha256"] { try addFolder(folder) }
        for part in images.parts { try add(layoutPath(part.descriptor.digest), part) }
    }

    func finish() throws {
        try tar.finish()
        try file.commit()
    }
}
