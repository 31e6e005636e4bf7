import Diagnostics
import Files
import Glibc

extension ContentStore {
    /// Removes the blobs that no record names, downloads that never became whole, and records of blobs that are gone.
    ///
    /// *Parameter* seconds: spares what was used within so many seconds.
    /// *Parameter* includingNamed: removes the blobs that records name as well.
    /// *Parameter* isDryRun: removes nothing.
    /// *Throws*: `refused` when another process uses the store, and when a folder cannot be read.
    package func prune(
        unusedForSeconds seconds: Int = 0,
        includingNamed: Bool = false,
        isDryRun: Bool = false
    ) throws -> PruningReport {
        guard lock.holdAlone() else {
            throw ContentStoreError(.refused, at: .file(root), "another process uses the cache, expected none")
        }
        defer { lock.share() }
        let records = try folderNames("\(root)/records").map { name -> (path: String, digests: Set<Digest>) in
            let path = "\(root)/records/\(name)"
            return (path: path, digests: digests(in: (try? readFile(path, limit: 1 << 20)) ?? []))
        }
        let named = includingNamed ? [] : records.reduce(into: Set<Digest>()) { $0.formUnion($1.digests) }
        let limit = fileTime() - seconds
        var report = PruningReport()
        var removed: Set<Digest> = []
        for name in try folderNames("\(root)/blobs/sha256") {
            let digest = Digest(hex: name)
            if let digest, named.contains(digest) { continue }
            if try removeFile("\(root)/blobs/sha256/\(name)", usedBefore: limit, isDryRun, &report), let digest {
                removed.insert(digest)
            }
        }
        for name in try folderNames("\(root)/incoming") {
            try removeFile("\(root)/incoming/\(name)", usedBefore: limit, isDryRun, &report)
        }
        for record in records where !record.digests.isEmpty {
            let isUseful = record.digests.contains { !removed.contains($0) && access(path(of: $0), F_OK) == 0 }
            if !isUseful { try removeFile(record.path, usedBefore: Int.max, isDryRun, &report) }
        }
        return report
    }
}

/// Removes a file that was last used before a time; `false` when it stays.
@discardableResult
private func removeFile(
    _ path: String,
    usedBefore limit: Int,
    _ isDryRun: Bool,
    _ report: inout PruningReport
) throws -> Bool {
    guard let file = PruningReport.File(path, usedBefore: limit) else { return false }
    if !isDryRun, unlink(path) != 0 { throw FileError(errno: errno, "removing", path: path) }
    report.add(file)
    return true
}

extension PruningReport.File {
    /// The file of a path, when it was last used before a time; `nil` otherwise.
    package init?(_ path: String, usedBefore limit: Int) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mtim.tv_sec <= limit else {
            return nil
        }
        self.init(path: path, byteCount: status.st_nlink > 1 ? 0 : Int(status.st_size))
    }
}

/// Every digest in the form of OCI that stands in a text.
private func digests(in bytes: [UInt8]) -> Set<Digest> {
    let prefix = Array("sha256:".utf8)
    let length = 2 * Digest.byteCount
    var digests: Set<Digest> = []
    var index = 0
    while index + prefix.count + length <= bytes.count {
        let start = index + prefix.count
        if bytes[index..<start].elementsEqual(prefix),
            let digest = Digest(hex: String(decoding: bytes[start..<start + length], as: UTF8.self))
        {
            digests.insert(digest)
            index = start + length
        } else {
            index += 1
        }
    }
    return digests
}
