import Archives
import Diagnostics
import Files

/// A reader of the two archives in a Debian package.
struct DebianPackageReader {
    let path: String
    let members: [ArMember]
    let limits: DebianPackage.Limits
    private var byteCount = 0
    private var entryCount = 0

    init(path: String, members: [ArMember], limits: DebianPackage.Limits) {
        self.path = path
        self.members = members
        self.limits = limits
    }

    /// The files of the archive that says something of the package.
    mutating func controlFiles() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        var rest = limits.controlByteCount
        try forEachEntry(of: "control") { tar, entry in
            guard case .file = entry.kind else { return }
            let bytes = try tar.data(limit: rest)
            rest -= bytes.count
            files[entry.path] = bytes
        }
        return files
    }

    /// The items of the archive of files, their contents in a spool.
    mutating func items(into spool: Spool, keeping isWanted: (String) -> Bool) throws -> [DebianPackage.Item] {
        var items: [DebianPackage.Item] = []
        try forEachEntry(of: "data") { tar, entry in
            guard !entry.path.isEmpty, isWanted(entry.path) else { return }
            switch entry.kind {
            case .file(let size):
                let content = try spool.add { write in try tar.read { try write($0) } }
                guard content.byteCount == size else {
                    throw DebianPackagesError(
                        .malformed,
                        at: .item("entry", entry.path),
                        "the file has another size than its header, expected \(size) bytes, got \(content.byteCount)"
                    )
                }
                items.append(DebianPackage.Item(entry: entry, content: content))
            case .folder, .symbolicLink, .hardLink: items.append(DebianPackage.Item(entry: entry, content: nil))
            case .other:
                throw DebianPackagesError(
                    .unsupported,
                    at: .item("entry", entry.path),
                    "devices, pipes and sockets are not supported, expected files, folders and links"
                )
            }
        }
        return items
    }

    private mutating func forEachEntry(of part: String, _ body: (TarReader, TarEntry) throws -> Void) throws {
        let found = members.filter { $0.name == "\(part).tar" || $0.name.hasPrefix("\(part).tar.") }
        guard let member = found.first, found.count == 1 else {
            throw DebianPackagesError(
                .malformed,
                "the Debian package has \(found.count) members `\(part).tar`, expected one"
            )
        }
        do {
            let tar = try TarReader(path: path, offset: member.range.lowerBound, byteCount: member.range.count)
            while let entry = try tar.next() {
                try count(entry, isSparse: tar.isSparse)
                try body(tar, entry)
            }
        } catch let error as any Diagnostic {
            throw error.within(.item("member", member.name))
        }
    }

    private mutating func count(_ entry: TarEntry, isSparse: Bool) throws(DebianPackagesError) {
        guard !isSparse else {
            throw DebianPackagesError(
                .unsupported,
                at: .item("entry", entry.path),
                "files with holes are not supported"
            )
        }
        entryCount += 1
        guard entryCount <= limits.entryCount else {
            throw DebianPackagesError(
                .tooLarge,
                "the package has too many entries, expected at most \(limits.entryCount)"
            )
        }
        // What a header promises is not written before it fits.
        guard entry.byteCount <= limits.byteCount - byteCount else {
            throw DebianPackagesError(
                .tooLarge,
                at: .item("entry", entry.path),
                "the files of the package grow too large, expected at most \(limits.byteCount) bytes"
            )
        }
        byteCount += entry.byteCount
    }
}
