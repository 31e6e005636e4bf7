import Diagnostics
import Files
import Glibc

/// A pair of keys in two files: `<prefix>.key`, which its owner alone may read, and `<prefix>.pub`.
package struct KeyFiles: Sendable {
    package let privatePath: String
    package let publicPath: String

    /// The files of a prefix.
    package init(prefix: String) {
        privatePath = prefix + ".key"
        publicPath = prefix + ".pub"
    }

    /// Refuses to go on where one of the files is there already.
    ///
    /// *Throws*: `exists`.
    package func checkFree() throws(SigningError) {
        for path in [privatePath, publicPath] where access(path, F_OK) == 0 { throw Self.exists(path) }
    }

    /// Makes a key and writes both files; nothing that is there is written over.
    ///
    /// *Throws*: `exists`, `primitive`, and the errors of files.
    package func write(_ key: SigningKey, password: [UInt8]) throws {
        let texts = (try key.pem(password: password), try key.publicKey().pem)
        try checkFree()
        try Self.create(privatePath, texts.0, mode: 0o600)
        do { try Self.create(publicPath, texts.1, mode: 0o644) } catch {
            unlink(privatePath)
            throw error
        }
    }

    private static func exists(_ path: String) -> SigningError {
        SigningError(.exists, at: .file(path), "the file is there already, and is not written over")
    }

    private static func create(_ path: String, _ text: String, mode: mode_t) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? exists(path) : FileError(errno: errno, "creating", path: path)
        }
        let isWritten = text.utf8.withContiguousStorageIfAvailable { bytes in
            fchmod(descriptor, mode) == 0 && Glibc.write(descriptor, bytes.baseAddress, bytes.count) == bytes.count
                && fsync(descriptor) == 0
        }
        let code = errno
        close(descriptor)
        guard isWritten == true else {
            unlink(path)
            throw FileError(errno: code, "writing", path: path)
        }
    }
}
