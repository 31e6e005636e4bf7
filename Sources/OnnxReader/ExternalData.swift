import Diagnostics
import Glibc
import Tensors

/// The folder of a model, and the files in it that its tensors lie in; each is opened once.
///
/// A file is opened one component at a time without following a link, so nothing that happens to the folder in the
/// meantime leads out of it. *Source*: ONNX, docs/Security.md and docs/ExternalData.md.
final class ExternalDataFolder {
    private let path: String
    private let limits: OnnxLimits
    private let access: FileAccess
    private var files: [String: MemoryRegion] = [:]

    /// The folder at `path`, which itself may lie behind a link.
    init(_ path: String, limits: OnnxLimits, files access: FileAccess) {
        self.path = path.isEmpty ? "." : path
        self.limits = limits
        self.access = access
    }

    /// The names of the files that were read, sorted.
    var fileNames: [String] { files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// The bytes that the entries of `external_data` name.
    func region(for entries: [(key: String, value: String)]) throws(OnnxReaderError) -> MemoryRegion {
        let reference = try ExternalDataReference(entries)
        return try locating(.file(reference.location)) { () throws(OnnxReaderError) in
            let file = try file(reference)
            let fileByteCount = file.bytes.count
            guard reference.offset <= fileByteCount else {
                throw OnnxReaderError(
                    .externalData,
                    "`offset` is \(reference.offset), the file has \(fileByteCount) bytes"
                )
            }
            let length = reference.length ?? fileByteCount - reference.offset
            guard length <= fileByteCount - reference.offset,
                let slice = file.slice(reference.offset..<(reference.offset + length))
            else {
                throw OnnxReaderError(
                    .externalData,
                    "`offset` \(reference.offset) and `length` \(length) reach past the end, the file has \(fileByteCount) bytes"
                )
            }
            return slice
        }
    }

    private func file(_ reference: ExternalDataReference) throws(OnnxReaderError) -> MemoryRegion {
        let name = reference.components.joined(separator: "/")
        if let file = files[name] { return file }
        guard files.count < limits.externalFileCount else {
            throw OnnxReaderError(.limit, "external data lies in more than \(limits.externalFileCount) files")
        }
        let descriptor = try open(reference.components)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw OnnxReaderError(errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw OnnxReaderError(.externalData, "external data is not in a regular file")
        }
        guard status.st_nlink == 1 else {
            throw OnnxReaderError(
                .externalData,
                "the file has \(status.st_nlink) hard links, expected 1",
                hint: "copy the file, so that it has no second name"
            )
        }
        let region = try access.region(descriptor, status)
        files[name] = region
        return region
    }

    private func open(_ components: [String]) throws(OnnxReaderError) -> CInt {
        var folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw OnnxReaderError(errno: errno) }
        defer { close(folder) }
        for component in components.dropLast() {
            let next = openat(folder, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { throw OnnxReaderError(errno: errno, component: component) }
            close(folder)
            folder = next
        }
        let name = components.last ?? "."
        // O_NONBLOCK: opening a FIFO does not wait for its other end.
        let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else { throw OnnxReaderError(errno: errno, component: name) }
        return file
    }
}

/// What the entries of `external_data` say.
struct ExternalDataReference {
    var location: String
    /// The location in parts, none of which is empty, `.` or `..`.
    var components: [String]
    var offset: Int
    /// `nil` for everything from the offset to the end of the file.
    var length: Int?

    /// `checksum` (SHA-1) is accepted and not verified: it protects from accidents only, and costs the whole file.
    init(_ entries: [(key: String, value: String)]) throws(OnnxReaderError) {
        var values: [String: String] = [:]
        for (key, value) in entries {
            guard ["location", "offset", "length", "checksum"].contains(key) else {
                throw OnnxReaderError(
                    .externalData,
                    "`external_data` has key `\(key)`, expected `location`, `offset`, `length` or `checksum`"
                )
            }
            guard values.updateValue(value, forKey: key) == nil else {
                throw OnnxReaderError(.externalData, "`external_data` has key `\(key)` twice")
            }
        }
        guard let location = values["location"], !location.isEmpty else {
            throw OnnxReaderError(.externalData, "`external_data` has no `location`")
        }
        self.location = location
        components = try Self.components(of: location)
        offset = try values["offset"].map { text throws(OnnxReaderError) in try Self.count(text, "offset") } ?? 0
        length = try values["length"].map { text throws(OnnxReaderError) in try Self.count(text, "length") }
    }

    private static func components(of location: String) throws(OnnxReaderError) -> [String] {
        // By bytes, as the kernel sees it: to Swift, a slash and an accent behind it are one character, and no slash.
        let slash = UInt8(ascii: "/")
        guard location.utf8.first != slash else {
            throw OnnxReaderError(
                .externalData,
                "`location` is `\(location)`, expected a path below the model's folder"
            )
        }
        let components = location.utf8.split(separator: slash).map { String(decoding: $0, as: UTF8.self) }
            .filter { $0 != "." }
        guard !components.contains("..") else {
            throw OnnxReaderError(.externalData, "`location` is `\(location)`, expected a path without `..`")
        }
        guard !components.isEmpty, location.utf8.last != slash else {
            throw OnnxReaderError(.externalData, "`location` is `\(location)`, expected the path of a file")
        }
        return components
    }

    private static func count(_ text: String, _ key: String) throws(OnnxReaderError) -> Int {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(text) else {
            throw OnnxReaderError(.externalData, "`\(key)` is `\(text)`, expected a decimal number of bytes")
        }
        return count
    }
}

extension DiagnosticError<OnnxReaderCode> {
    /// What the system said in `errno`; of a component of a path, a link is the likely reason.
    fileprivate init(errno code: CInt, component: String? = nil) {
        if let component, code == ELOOP || code == ENOTDIR {
            self.init(.externalData, "`\(component)` is a link or not a folder, expected no link in the path")
            return
        }
        self.init(errno: code, "opening")
    }
}
