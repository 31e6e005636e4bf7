import Diagnostics
import Glibc

/// One member of an ar archive.
package struct ArMember: Sendable, Hashable {
    /// The name, without the slash that some writers put behind it.
    package let name: String
    /// Where its bytes stand in the file.
    package let range: Range<Int>
}

/// The most members that are read of an archive; a Debian package has three.
private let memberLimit = 256

/// The members of an ar archive, such as a Debian package; only their headers are read.
///
/// *Throws*: `refused` for a file that cannot be read, `malformed` with the offset for a damaged header and for a member
/// that reaches beyond the end.
/// *Source*: deb(5) and ar(5); the long names of GNU and BSD, which packages do not use, are refused.
package func readAr(_ path: String) throws(ArchiveError) -> [ArMember] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ArchiveError(.refused, at: .file(path), "opening: \(systemMessage(errno))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
        throw ArchiveError(.refused, at: .file(path), "reading: \(systemMessage(errno))")
    }
    return try arMembers(byteCount: Int(status.st_size)) { offset, count in
        var bytes = [UInt8](repeating: 0, count: count)
        let got = pread(descriptor, &bytes, count, off_t(offset))
        return Array(bytes.prefix(max(got, 0)))
    }
}

/// The members of an archive of `byteCount` bytes, of which `read` gives some from an offset on.
private func arMembers(
    byteCount: Int,
    _ read: (_ offset: Int, _ count: Int) -> [UInt8]
) throws(ArchiveError) -> [ArMember] {
    let magic = Array("!<arch>\n".utf8)
    guard read(0, magic.count) == magic else {
        throw ArchiveError(.malformed, at: .offset(0), "the file is no ar archive, expected `!<arch>`")
    }
    var members: [ArMember] = []
    var offset = magic.count
    while offset < byteCount {
        guard members.count < memberLimit else {
            throw ArchiveError(
                .tooLarge,
                at: .offset(offset),
                "the archive has too many members, expected at most \(memberLimit)"
            )
        }
        let header = read(offset, 60)
        guard header.count == 60 else {
            throw ArchiveError(
                .malformed,
                at: .offset(offset),
                "the header of a member is cut off, expected 60 bytes, got \(header.count)"
            )
        }
        guard header.suffix(2) == [0x60, 0x0A] else {
            throw ArchiveError(.malformed, at: .offset(offset + 58), "the header of a member lacks its end mark")
        }
        let name = arField(header[0..<16])
        guard !name.isEmpty, !name.hasPrefix("/"), !name.hasPrefix("#1/") else {
            throw ArchiveError(.malformed, at: .offset(offset), "the member has no plain name, got `\(name)`")
        }
        let sizeText = arField(header[48..<58])
        guard let size = Int(sizeText), size >= 0, sizeText.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw ArchiveError(
                .malformed,
                at: .offset(offset + 48),
                "the size of member `\(name)` is no number, got `\(sizeText)`"
            )
        }
        let start = offset + 60
        guard size <= byteCount - start else {
            throw ArchiveError(
                .malformed,
                at: .offset(start),
                "member `\(name)` is cut off, expected \(size) bytes, got \(byteCount - start)"
            )
        }
        members.append(
            ArMember(name: name.hasSuffix("/") ? String(name.dropLast()) : name, range: start..<start + size)
        )
        offset = start + size + size % 2
    }
    return members
}

private func arField(_ field: ArraySlice<UInt8>) -> String {
    let count = field.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? field.startIndex
    return String(decoding: field[..<count], as: UTF8.self)
}
