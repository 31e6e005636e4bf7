import Diagnostics

/// One member of an ar archive.
package struct ArMember: Sendable, Hashable {
    /// The name, without the slash that some writers put behind it.
    package let name: String
    /// Where its bytes stand in the archive.
    package let range: Range<Int>
}

/// The members of an ar archive, such as a Debian package; none of their bytes is copied.
///
/// *Throws*: `malformed` with the offset, for a damaged header and for a member that reaches beyond the end.
/// *Source*: deb(5) and ar(5); the long names of GNU and BSD, which packages do not use, are refused.
package func readAr(_ bytes: [UInt8]) throws(ArchiveError) -> [ArMember] {
    let magic = Array("!<arch>\n".utf8)
    guard bytes.starts(with: magic) else {
        throw ArchiveError(.malformed, at: .offset(0), "the file is no ar archive, expected `!<arch>`")
    }
    var members: [ArMember] = []
    var offset = magic.count
    while offset < bytes.count {
        guard bytes.count - offset >= 60 else {
            throw ArchiveError(
                .malformed,
                at: .offset(offset),
                "the header of a member is cut off, expected 60 bytes, got \(bytes.count - offset)"
            )
        }
        let header = bytes[offset..<offset + 60]
        guard header.suffix(2) == [0x60, 0x0A] else {
            throw ArchiveError(.malformed, at: .offset(offset + 58), "the header of a member lacks its end mark")
        }
        let name = arField(header, 0..<16)
        guard !name.isEmpty, !name.hasPrefix("/"), !name.hasPrefix("#1/") else {
            throw ArchiveError(.malformed, at: .offset(offset), "the member has no plain name, got `\(name)`")
        }
        let sizeText = arField(header, 48..<58)
        guard let size = Int(sizeText), size >= 0, sizeText.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw ArchiveError(
                .malformed,
                at: .offset(offset + 48),
                "the size of member `\(name)` is no number, got `\(sizeText)`"
            )
        }
        let start = offset + 60
        guard size <= bytes.count - start else {
            throw ArchiveError(
                .malformed,
                at: .offset(start),
                "member `\(name)` is cut off, expected \(size) bytes, got \(bytes.count - start)"
            )
        }
        members.append(
            ArMember(name: name.hasSuffix("/") ? String(name.dropLast()) : name, range: start..<start + size)
        )
        offset = start + size + size % 2
    }
    return members
}

private func arField(_ header: ArraySlice<UInt8>, _ range: Range<Int>) -> String {
    let start = header.startIndex
    let field = header[start + range.lowerBound..<start + range.upperBound]
    let text = String(decoding: field, as: UTF8.self)
    return String(text.reversed().drop { $0 == " " }.reversed())
}
