import Archives
import Diagnostics
import Files
import Glibc
package import OCIImage

/// Writes files of an image into a folder, which has whole contents or is not there.
///
/// Nothing is written through a link: folders come first, then files, then links. Rights are kept as far as reading, writing
/// and executing go; owners are whoever extracts.
package struct ImageExtraction {
    /// What was written.
    package struct Report: Sendable {
        package var fileCount = 0
        package var byteCount = 0
        /// Links to an absolute target, which now lead to the same file by a relative one.
        package var relativeLinkCount = 0
    }

    private let image: Image
    private let files: [EntryPath: ImageFiles.File]
    private let target: String
    private var report = Report()

    /// The files below a path of an image, which itself becomes the folder; an empty path stands for all.
    ///
    /// *Throws*: `path` when there is no such folder or something in it cannot be written safely.
    package init(_ image: Image, below path: String, to target: String) throws {
        self.image = image
        self.target = target
        let prefix = try archivePath(path)
        var files: [EntryPath: ImageFiles.File] = [:]
        for (name, file) in try ImageFiles(image).files {
            guard !prefix.isEmpty else {
                files[name] = file
                continue
            }
            guard name.text.utf8.starts(with: (prefix + "/").utf8) else { continue }
            let rest = name.text.utf8.dropFirst(prefix.utf8.count + 1)
            files[EntryPath(String(decoding: rest, as: UTF8.self))] = file
        }
        guard !files.isEmpty else {
            throw OCIArchiveError(.path, at: .item("path", "/" + prefix), "the image has no files there")
        }
        func place(_ name: EntryPath) -> Place {
            .item("path", prefix.isEmpty ? name.text : "\(prefix)/\(name)")
        }
        if let name = files.filter({ $0.value.kind == .other }).keys.min() {
            throw OCIArchiveError(.unsupported, at: place(name), "devices are not extracted")
        }
        // An absolute target is seen from the image's root, which is only there when all of it is extracted.
        let absolute = files.compactMap { name, file -> (path: EntryPath, target: String)? in
            guard !prefix.isEmpty, case .symbolicLink(let target) = file.kind,
                target.utf8.first == UInt8(ascii: "/")
            else { return nil }
            return (name, target)
        }
        if let link = absolute.min(by: { $0.path < $1.path }) ?? climbingLinks(files).first {
            throw OCIArchiveError(
                .path,
                at: place(link.path),
                "the symbolic link leads out of what is extracted, got `\(link.target)`"
            )
        }
        self.files = files
    }

    /// Writes the files.
    ///
    /// *Throws*: `refused` when the folder is there and not empty, or cannot be written.
    package consuming func run() throws -> Report {
        if isFolder(target) {
            guard try folderNames(target).isEmpty, rmdir(target) == 0 else {
                throw FileError(.refused, at: .file(target), "the folder is there already and not empty")
            }
        }
        let temporary = target + ".\(UInt64.random(in: 0 ... .max))"
        guard mkdir(temporary, 0o755) == 0 else { throw FileError(errno: errno, "creating", path: temporary) }
        do {
            try write(into: temporary)
        } catch {
            removeTree(temporary)
            throw error
        }
        guard rename(temporary, target) == 0 else {
            let code = errno
            removeTree(temporary)
            throw FileError(errno: code, "creating", path: target)
        }
        return report
    }

    private mutating func write(into folder: String) throws {
        let sorted = files.sorted { $0.key < $1.key }.map { (path: $0.key.text, file: $0.value) }
        var wanted: [ImageFiles.Content: [(path: String, mode: mode_t)]] = [:]
        for (path, file) in sorted {
            switch file.kind {
            case .folder: try make(folder: "\(folder)/\(path)")
            case .file(let content, _): wanted[content, default: []].append((path, mode_t(file.mode & 0o777)))
            case .symbolicLink, .other: break
            }
        }
        try readContents(wanted, of: image) { outputs, tar in try write(tar, outputs, into: folder) }
        for (path, file) in sorted {
            guard case .symbolicLink(let link) = file.kind else { continue }
            try write(link: link, at: path, into: folder)
        }
        for (path, file) in sorted.reversed() where file.kind == .folder {
            // Whoever extracts has to be able to remove it again.
            chmod("\(folder)/\(path)", mode_t(file.mode & 0o777) | 0o700)
        }
    }

    /// Writes the bytes of an entry once, and hard links under the other paths that lead to it.
    private mutating func write(_ tar: TarReader, _ outputs: [(path: String, mode: mode_t)], into folder: String) throws
    {
        guard let first = outputs.first else { return }
        let path = "\(folder)/\(first.path)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(errno: errno, "creating", path: path) }
        defer { close(descriptor) }
        var byteCount = 0
        try tar.read { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw FileError(errno: errno, "writing", path: path) }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            byteCount += bytes.count
        }
        guard fchmod(descriptor, first.mode) == 0 else { throw FileError(errno: errno, "writing", path: path) }
        for output in outputs.dropFirst() {
            guard link(path, "\(folder)/\(output.path)") == 0 else {
                throw FileError(errno: errno, "creating", path: "\(folder)/\(output.path)")
            }
        }
        report.fileCount += outputs.count
        report.byteCount += byteCount
    }

    private mutating func write(link: String, at path: String, into folder: String) throws {
        var link = link
        if link.utf8.first == UInt8(ascii: "/") {
            let climb = String(repeating: "../", count: path.unicodeScalars.count { $0 == "/" })
            let inner = String(decoding: link.utf8.drop { $0 == UInt8(ascii: "/") }, as: UTF8.self)
            link = climb + inner
            if link.isEmpty { link = "." }
            report.relativeLinkCount += 1
        }
        guard symlink(link, "\(folder)/\(path)") == 0 else {
            throw FileError(errno: errno, "creating", path: "\(folder)/\(path)")
        }
        report.fileCount += 1
    }

    /// Makes a folder, of which those above come before it.
    private func make(folder: String) throws {
        guard mkdir(folder, 0o755) != 0 else { return }
        throw FileError(errno: errno, "creating", path: folder)
    }
}

/// Removes a folder that was made here, with everything in it; links are removed, not followed.
private func removeTree(_ folder: String) {
    for name in (try? folderNames(folder)) ?? [] {
        let path = "\(folder)/\(name)"
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { removeTree(path) } else { unlink(path) }
    }
    rmdir(folder)
}
