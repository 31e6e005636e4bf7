import Archives
import Diagnostics

/// The names of the files in a wheel, each of which may stand in an image.
///
/// *Throws*: `wheel` for names that climb, are absolute, stand twice or below a file, for links, devices and encrypted
/// members; `tooLarge` beyond the limits; errors of archives.
func memberNames(of path: String, _ limits: Wheel.Limits) throws -> [String] {
    let zip = try ZipReader(path: path)
    var names: [String] = []
    var known: Set<[UInt8]> = []
    var byteCount = 0
    while let entry = try zip.next() {
        try locating(.item("member", entry.name)) { () throws(PythonPackageError) in
            try checkName(entry)
            byteCount = try sum(byteCount, entry.byteCount ?? 0, limits)
            guard entry.kind != .folder else { return }
            names.append(entry.name)
            guard names.count <= limits.memberCount else {
                throw PythonPackageError(
                    .tooLarge,
                    "the wheel has too many members, expected at most \(limits.memberCount)"
                )
            }
            guard known.insert(Array(entry.name.utf8)).inserted else {
                throw PythonPackageError(.wheel, "the member stands twice")
            }
        }
    }
    return names
}

private func sum(_ left: Int, _ right: Int, _ limits: Wheel.Limits) throws(PythonPackageError) -> Int {
    guard right <= limits.byteCount - left else {
        throw PythonPackageError(
            .tooLarge,
            "the wheel grows too large, expected at most \(limits.byteCount) bytes"
        )
    }
    return left + right
}

private func checkName(_ entry: ZipEntry) throws(PythonPackageError) {
    switch entry.kind {
    case .file, .folder: break
    case .symbolicLink: throw PythonPackageError(.wheel, "the member is a symbolic link, expected a file")
    case .other: throw PythonPackageError(.wheel, "the member is a device, expected a file")
    }
    guard !entry.isEncrypted else { throw PythonPackageError(.unsupported, "the member is encrypted") }
    let name =
        entry.kind == .folder && entry.name.utf8.last == UInt8(ascii: "/") ? String(entry.name.dropLast()) : entry.name
    let isPlain = name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
    guard isPlain, let path = try? archivePath(name), path == name, !path.isEmpty else {
        throw PythonPackageError(
            .wheel,
            "the name is no plain path, expected a relative one without `..`, `.`, `\\` and control characters"
        )
    }
}
