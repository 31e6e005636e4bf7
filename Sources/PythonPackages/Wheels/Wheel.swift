import Archives
import Diagnostics
import TextFormats

/// A wheel: the package it holds, and what it says of itself.
///
/// Nothing in it is ever executed.
///
/// *Source*: PyPA's Binary distribution format (PEP 427, PEP 491).
package struct Wheel: Sendable {
    /// How much of an archive is read.
    package struct Limits: Sendable {
        /// The most members.
        package var memberCount = 200_000
        /// The most bytes of all members together.
        package var byteCount = 32 << 30

        /// The limits of ordinary packages.
        package init(memberCount: Int = 200_000, byteCount: Int = 32 << 30) {
            self.memberCount = memberCount
            self.byteCount = byteCount
        }
    }

    package let path: String
    package let fileName: WheelFileName
    package let metadata: CoreMetadata
    /// The bytes of `METADATA`.
    let metadataText: [UInt8]
    let limits: Limits
    /// The folder with what the package says of itself: `numpy-2.4.6.dist-info`.
    let infoFolder: String
    let record: WheelRecord
    let entryPoints: [EntryPoint]

    /// Opens a wheel and reads what it says of itself.
    ///
    /// *Parameter* name: the name that the file has in its index; else the last part of the path.
    /// *Throws*: `wheel` for an archive that is none, `metadata`, `tooLarge`, `unsupported` for a version of the format
    /// that is not read here, and errors of archives.
    package init(path: String, name: String? = nil, limits: Limits = Limits()) throws {
        let name = name ?? split(path) { $0 == UInt8(ascii: "/") }.last ?? path
        do {
            try self.init(path, WheelFileName(parsing: name), limits)
        } catch let error as any Diagnostic {
            throw error.within(.file(name))
        }
    }

    private init(_ path: String, _ fileName: WheelFileName, _ limits: Limits) throws {
        self.path = path
        self.fileName = fileName
        self.limits = limits
        let folder = try Self.infoFolder(memberNames(of: path, limits), fileName)
        infoFolder = folder
        let texts = try Self.texts(in: folder, of: path)
        func text(_ name: String) throws(PythonPackageError) -> [UInt8] {
            guard let text = texts[name] else {
                throw PythonPackageError(.wheel, "`\(folder)/\(name)` is missing")
            }
            return text
        }
        try Self.checkFormat(text("WHEEL"))
        let metadataText = try text("METADATA")
        self.metadataText = metadataText
        metadata = try locating(.item("member", "\(folder)/METADATA")) { () throws(PythonPackageError) in
            try Self.metadata(metadataText, fileName)
        }
        let recordText = try text("RECORD")
        record = try locating(.item("member", "\(folder)/RECORD")) { () throws(PythonPackageError) in
            try WheelRecord(recordText, rowLimit: limits.memberCount)
        }
        entryPoints = try locating(.item("member", "\(folder)/entry_points.txt")) { () throws(PythonPackageError) in
            try texts["entry_points.txt"].map(PythonPackages.entryPoints) ?? []
        }
    }

    private static func infoFolder(_ names: [String], _ fileName: WheelFileName) throws(PythonPackageError) -> String {
        let folders = Set(names.compactMap { split($0) { $0 == UInt8(ascii: "/") }.first })
        // Whatever the case of the letters: some file systems take the one for the other.
        let found = folders.filter { lowercasedASCII($0).utf8.suffix(10).elementsEqual(".dist-info".utf8) }.sorted()
        guard found.count == 1, let folder = found.first else {
            throw PythonPackageError(
                .wheel,
                "there are \(found.count) folders `.dist-info`, expected one, got `\(found.joined(separator: "`, `"))`"
            )
        }
        let parts = split(folder.dropLast(10), keepsEmpty: true) { $0 == UInt8(ascii: "-") }
        guard folder.utf8.suffix(10).elementsEqual(".dist-info".utf8), parts.count == 2,
            normalizedName(parts[0]) == fileName.name, PythonVersion(parts[1]) == fileName.version
        else {
            throw PythonPackageError(
                .wheel,
                "the folder `\(folder)` belongs to another package, expected `\(fileName.name)` \(fileName.version)"
            )
        }
        return folder
    }

    /// The files right in the folder with what the package says of itself, by name.
    private static func texts(in folder: String, of path: String) throws -> [String: [UInt8]] {
        let limits = [
            "METADATA": CoreMetadata.byteLimit, "WHEEL": 1 << 20, "RECORD": 32 << 20, "entry_points.txt": 1 << 20,
        ]
        let zip = try ZipReader(path: path)
        var texts: [String: [UInt8]] = [:]
        while let entry = try zip.next() {
            guard entry.name.utf8.starts(with: (folder + "/").utf8) else { continue }
            let name = String(decoding: entry.name.utf8.dropFirst(folder.utf8.count + 1), as: UTF8.self)
            guard let limit = limits[name] else { continue }
            do {
                texts[name] = try zip.data(limit: limit)
            } catch let error as ArchiveError {
                throw error.within(.item("member", entry.name))
            }
        }
        return texts
    }

    private static func checkFormat(_ text: [UInt8]) throws(PythonPackageError) {
        let fields = FieldParagraph(header: text)
        guard let version = fields["wheel-version"].flatMap({ PythonVersion($0) }) else {
            throw PythonPackageError(.wheel, "`Wheel-Version` is missing in `WHEEL`, expected 1.0")
        }
        guard version.release.first?.description == "1" else {
            throw PythonPackageError(.unsupported, "version \(version) of the format is not read here, expected 1")
        }
    }

    private static func metadata(_ text: [UInt8], _ fileName: WheelFileName) throws(PythonPackageError) -> CoreMetadata
    {
        let metadata = try CoreMetadata(text)
        guard normalizedName(metadata.name) == fileName.name, metadata.version == fileName.version else {
            throw PythonPackageError(
                .metadata,
                "the package has another name or version than its file, expected `\(fileName.name)` "
                    + "\(fileName.version), got `\(metadata.name)` \(metadata.version)"
            )
        }
        return metadata
    }
}
