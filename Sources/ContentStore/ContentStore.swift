import Diagnostics
package import Files
import Glibc

/// Blobs named by their sha256, in a folder of the form of an OCI layout: `blobs/sha256/<hex>`.
///
/// A blob is there whole or not at all, and several processes may share a store.
package struct ContentStore: Sendable {
    /// The folder.
    package let root: String
    /// Tells those who prune that the store is in use.
    let lock: FolderLock

    /// Opens the store in `root`, which is made when it is not there.
    ///
    /// *Throws*: `refused` when a folder cannot be made.
    package init(root: String) throws(FileError) {
        self.root = root
        for folder in ["blobs/sha256", "incoming", "records"] { try makeFolders("\(root)/\(folder)") }
        lock = try FolderLock(root, .withOthers)
        guard access("\(root)/oci-layout", F_OK) != 0 else { return }
        try writeFile("\(root)/oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
    }

    /// The user's cache: `$XDG_CACHE_HOME/mlpack`, or `~/.cache/mlpack` with the home of `$HOME` or of the
    /// user's account.
    ///
    /// *Source*: XDG Base Directory Specification; a relative path there is ignored.
    package static var userCacheFolder: String {
        func variable(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        if let cache = variable("XDG_CACHE_HOME"), cache.hasPrefix("/") { return cache + "/mlpack" }
        // A folder that others may make first, such as one in /tmp, would let them say what is in the cache.
        let home = variable("HOME") ?? getpwuid(geteuid()).map { String(cString: $0.pointee.pw_dir) } ?? "/nonexistent"
        return home + "/.cache/mlpack"
    }

    /// Where a blob stands, or would stand.
    package func path(of digest: Digest) -> String { "\(root)/blobs/sha256/\(digest.hex)" }

    /// Where the part of a blob that has arrived waits for the rest.
    package func partialPath(of digest: Digest) -> String { "\(root)/incoming/\(digest.hex).partial" }

    /// The size of a blob; `nil` when it is not there.
    ///
    /// Asking counts as use: garbage collection spares what was asked for lately.
    package func byteCount(of digest: Digest) -> Int? {
        var status = stat()
        guard stat(path(of: digest), &status) == 0 else { return nil }
        utimensat(AT_FDCWD, path(of: digest), nil, 0)
        return Int(status.st_size)
    }

    /// The bytes of a blob, at most `limit` of them.
    ///
    /// *Throws*: `blobNotFound`, and `digestMismatch` when the file no longer is what its name says.
    package func read(_ digest: Digest, limit: Int) throws -> [UInt8] {
        guard byteCount(of: digest) != nil else {
            throw ContentStoreError(.blobNotFound, at: .file(root), "there is no blob `\(digest)`")
        }
        let bytes = try readFile(path(of: digest), limit: limit)
        try verify(Digest(of: bytes), is: digest, at: path(of: digest))
        return bytes
    }

    /// Adds a blob.
    package func add(_ bytes: [UInt8]) throws(FileError) -> Digest {
        let digest = Digest(of: bytes)
        if byteCount(of: digest) == nil { try writeFile(path(of: digest), bytes) }
        return digest
    }

    /// Adds the blob that `body` writes piece by piece; nothing stays when it throws.
    ///
    /// *Parameter* expected: the digest it has to have, when that is known.
    /// *Throws*: `digestMismatch`, `refused` when it cannot be written, and whatever `body` throws.
    package func add(
        expecting expected: Digest? = nil,
        _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> (digest: Digest, byteCount: Int) {
        let temporary = "\(root)/incoming/\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let file = try AtomicFile(path: temporary)
        var running = RunningDigest()
        try body { bytes in
            running.update(bytes)
            try file.write(bytes)
        }
        if let expected { try verify(running.digest, is: expected, at: path(of: expected)) }
        try file.commit()
        try adopt(temporary, as: running.digest)
        return (running.digest, running.byteCount)
    }

    /// Removes a blob, such as one that is damaged.
    ///
    /// *Throws*: `refused`.
    package func remove(_ digest: Digest) throws(FileError) {
        guard unlink(path(of: digest)) == 0 || errno == ENOENT else {
            throw FileError(errno: errno, "removing", path: path(of: digest))
        }
    }

    /// Moves a finished file of this file system into its place.
    ///
    /// *Throws*: `refused`.
    package func adopt(_ file: String, as digest: Digest) throws(FileError) {
        guard rename(file, path(of: digest)) == 0 else {
            throw FileError(errno: errno, "writing", path: path(of: digest))
        }
    }

    private func verify(_ digest: Digest, is expected: Digest, at path: String) throws(ContentStoreError) {
        guard digest == expected else {
            throw ContentStoreError(
                .digestMismatch,
                at: .file(path),
                "the bytes have another digest, expected `\(expected)`, got `\(digest)`"
            )
        }
    }
}
