import Diagnostics
package import Files
import Glibc

extension ContentStore {
    /// Removes what was last used before a time and is not in `kept`: blobs, records, and parts that never became whole.
    ///
    /// *Parameter* seconds: how long something may lie unused.
    /// *Throws*: `refused` when a folder cannot be read.
    @discardableResult
    package func collectGarbage(
        keeping kept: Set<Digest> = [],
        unusedForSeconds seconds: Int
    ) throws(FileError) -> (count: Int, byteCount: Int) {
        var removed = (count: 0, byteCount: 0)
        let limit = fileTime() - seconds
        for folder in ["blobs/sha256", "incoming", "records"] {
            for name in try folderNames("\(root)/\(folder)") {
                if folder == "blobs/sha256", let digest = Digest(hex: name), kept.contains(digest) { continue }
                let path = "\(root)/\(folder)/\(name)"
                var status = stat()
                guard lstat(path, &status) == 0, status.st_mtim.tv_sec <= limit, unlink(path) == 0 else { continue }
                removed.count += 1
                removed.byteCount += Int(status.st_size)
            }
        }
        return removed
    }
}
