import Archives
import ContentStore
import Diagnostics
package import Files

/// A file that an installation puts into an image.
package struct InstalledFile: Sendable, Hashable {
    /// The path relative to the root.
    package let path: String
    /// 0o755 for what can be executed, else 0o644.
    package let mode: UInt32
    /// The bytes, in the file of the spool that was given.
    package let content: FileRange
}

extension Wheel {
    /// Unpacks the wheel into a spool, each file held against `RECORD`; nothing is executed.
    ///
    /// Commands become scripts, `RECORD` is written anew, `INSTALLER` is `mlpack`.
    ///
    /// *Parameter* isRequested: whether somebody asked for the package itself, and not for one that requires it.
    /// *Returns*: the files, sorted by the bytes of their paths.
    /// *Throws*: `wheel` with the name of a member that is missing, is not in `RECORD`, or differs from it; `tooLarge`;
    /// errors of archives and files.
    package func install(
        into spool: Spool,
        _ scheme: InstallationScheme,
        isRequested: Bool
    ) throws -> [InstalledFile] {
        do {
            var installation = WheelInstallation(self, spool, scheme)
            try installation.addMembers()
            try installation.addGeneratedFiles(isRequested: isRequested)
            return installation.files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        } catch let error as any Diagnostic {
            throw error.within(.file(fileName.text))
        }
    }
}

/// An installation in the making.
private struct WheelInstallation {
    private let wheel: Wheel
    private let spool: Spool
    private let scheme: InstallationScheme
    private(set) var files: [InstalledFile] = []
    private var rows: [WheelRecord.Row] = []
    private var paths: Set<[UInt8]> = []
    private var seen: Set<String> = []
    private var rest: Int

    init(_ wheel: Wheel, _ spool: Spool, _ scheme: InstallationScheme) {
        self.wheel = wheel
        self.spool = spool
        self.scheme = scheme
        rest = wheel.limits.byteCount
    }

    mutating func addMembers() throws {
        let zip = try ZipReader(path: wheel.path)
        let commands = Set(wheel.entryPoints.map(\.name))
        while let entry = try zip.next() {
            guard entry.kind != .folder else { continue }
            do {
                let place = try WheelPlace(of: entry.name, in: wheel, scheme)
                let isListed = try check(entry.name)
                let isReplaced = place.isScript && commands.contains(place.name) || place.isGenerated
                try add(zip, entry, place, isListed: isListed, isKept: !isReplaced)
            } catch let error as any Diagnostic {
                throw error.within(.item("member", entry.name))
            }
        }
        for path in wheel.record.rows.keys.sorted() where !seen.contains(path) {
            guard !isExempt(path) else { continue }
            throw PythonPackageError(.wheel, "`\(path)` is in `RECORD` and missing in the archive")
        }
    }

    /// Whether a file may lack a digest: the list itself, and its signatures.
    private func isExempt(_ path: String) -> Bool {
        ["RECORD", "RECORD.jws", "RECORD.p7s"].contains { path == "\(wheel.infoFolder)/\($0)" }
    }

    /// Notes that a member is there; whether it is listed.
    private mutating func check(_ name: String) throws(PythonPackageError) -> Bool {
        seen.insert(name)
        guard let row = wheel.record.rows[name] else {
            guard isExempt(name) else { throw PythonPackageError(.wheel, "the member is not in `RECORD`") }
            return false
        }
        if row.hash.isEmpty, isExempt(name) { return false }
        guard row.hash.utf8.starts(with: "sha256=".utf8) else {
            let algorithm = split(row.hash) { $0 == UInt8(ascii: "=") }.first ?? ""
            throw PythonPackageError(
                algorithm.isEmpty ? .wheel : .unsupported,
                "`RECORD` has another hash than is checked here, expected `sha256`, got `\(algorithm)`"
            )
        }
        return true
    }

    private mutating func add(
        _ zip: ZipReader,
        _ entry: ZipEntry,
        _ place: WheelPlace,
        isListed: Bool,
        isKept: Bool
    ) throws {
        var original = RunningDigest()
        // Of a script that gets another first line.
        var written: RunningDigest?
        var isFirst = true
        let content = try spool.add { write in
            try zip.read(limit: rest) { bytes in
                original.update(bytes)
                defer { isFirst = false }
                if isFirst, place.isScript, let line = try scriptStart(bytes) {
                    written = RunningDigest()
                    written?.update(line.start)
                    try line.start.span.bytes.withUnsafeBytes { try write($0) }
                    let body = UnsafeRawBufferPointer(rebasing: bytes[line.end...])
                    written?.update(body)
                    try write(body)
                } else {
                    written?.update(bytes)
                    try write(bytes)
                }
            }
        }
        rest -= original.byteCount
        if isListed, let row = wheel.record.rows[entry.name] { try compare(original, with: row) }
        guard isKept else { return }
        let isExecutable = place.isScript || entry.mode & 0o111 != 0
        try add(content, at: place.path, mode: isExecutable ? 0o755 : 0o644, (written ?? original).digest)
    }

    /// The first line of a script that names Python, with the interpreter of the scheme, and where the rest starts.
    private func scriptStart(_ bytes: UnsafeRawBufferPointer) throws -> (start: [UInt8], end: Int)? {
        guard bytes.starts(with: "#!python".utf8) else { return nil }
        guard let end = bytes.prefix(4096).firstIndex(of: UInt8(ascii: "\n")) else {
            throw PythonPackageError(.wheel, "the first line of the script has no end")
        }
        return (Array("#!\(scheme.interpreter)\n".utf8), end + 1)
    }

    private func compare(_ running: RunningDigest, with row: WheelRecord.Row) throws(PythonPackageError) {
        if let byteCount = row.byteCount, byteCount != running.byteCount {
            throw PythonPackageError(
                .wheel,
                "the member has another size than in `RECORD`, expected \(byteCount) bytes, got \(running.byteCount)"
            )
        }
        let hash = WheelRecord.hash(running.digest)
        let expected = String(
            decoding: row.hash.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed(),
            as: UTF8.self
        )
        guard hash == expected else {
            throw PythonPackageError(
                .wheel,
                "the member has another digest than in `RECORD`, expected `\(row.hash)`, got `\(hash)`"
            )
        }
    }

    private mutating func add(_ content: FileRange, at path: String, mode: UInt32, _ digest: Digest) throws {
        guard paths.insert(Array(path.utf8)).inserted else {
            throw PythonPackageError(.wheel, "another member goes to `\(path)` too")
        }
        files.append(InstalledFile(path: path, mode: mode, content: content))
        rows.append(
            WheelRecord.Row(
                path: scheme.recordPath(of: path),
                hash: WheelRecord.hash(digest),
                byteCount: content.byteCount
            )
        )
    }

    mutating func addGeneratedFiles(isRequested: Bool) throws {
        for point in wheel.entryPoints {
            let script = point.script(interpreter: scheme.interpreter)
            try add(script, at: InstallationScheme.path(scheme.scripts, point.name), mode: 0o755)
        }
        let folder = InstallationScheme.path(scheme.site, wheel.infoFolder)
        try add(Array("mlpack\n".utf8), at: "\(folder)/INSTALLER", mode: 0o644)
        if isRequested { try add([], at: "\(folder)/REQUESTED", mode: 0o644) }
        let path = "\(folder)/RECORD"
        let text = WheelRecord.text(of: rows + [.init(path: scheme.recordPath(of: path), hash: "", byteCount: nil)])
        let content = try spool.add { write in try text.span.bytes.withUnsafeBytes { try write($0) } }
        files.append(InstalledFile(path: path, mode: 0o644, content: content))
        try checkFolders()
    }

    private mutating func add(_ bytes: [UInt8], at path: String, mode: UInt32) throws {
        let content = try spool.add { write in try bytes.span.bytes.withUnsafeBytes { try write($0) } }
        try add(content, at: path, mode: mode, Digest(of: bytes))
    }

    /// Refuses a file that stands where another one has its folder.
    private func checkFolders() throws(PythonPackageError) {
        for file in files {
            var folder = Array(file.path.utf8)[...]
            while let slash = folder.lastIndex(of: UInt8(ascii: "/")) {
                folder = folder[..<slash]
                guard !paths.contains(Array(folder)) else {
                    throw PythonPackageError(.wheel, "`\(file.path)` goes below a file of the same wheel")
                }
            }
        }
    }
}
