import ContentStore
import Diagnostics
import OCIArchive
import OCIImage
import TextFormats

/// What is found in an image, file by file.
struct ImageScan {
    private let image: Image
    private let files: ImageFiles
    private let modelsFolder: String
    /// The path of the server, when the image starts one.
    private let server: String?
    private var distribution: String?
    /// What was found so far; without what other files say of Debian's packages.
    private(set) var components: [Inventory.Component] = []
    /// The licences by the folders of `/usr/share/doc`.
    private var licenses: [String: [String]] = [:]

    private static let releasePaths = ["etc/os-release", "usr/lib/os-release"]
    private static let listByteLimit = 32 << 20
    private static let togetherByteLimit = 256 << 20
    /// How many bytes of lists may still come.
    private var rest = togetherByteLimit

    init(_ image: Image, _ files: ImageFiles, modelsFolder: String) {
        self.image = image
        self.files = files
        self.modelsFolder = modelsFolder
        let path = image.config.entrypoint.first.map { String($0.drop { $0 == "/" }) }
        server = path?.hasSuffix("/mlpack-serve") == true ? path : nil
    }

    mutating func run() throws {
        let paths = files.files.keys.map(\.text).filter { path in
            isDatabase(path) || isCopyright(path) || Self.releasePaths.contains(path)
                || path.hasSuffix(".dist-info/METADATA") || path.hasPrefix(modelsFolder + "/") || path == server
        }
        try files.read(paths, of: image) { path, read in
            if Self.releasePaths.contains(path) {
                distribution = Self.distribution(try bytes(read))
            } else if isDatabase(path) {
                try addPackages(read, layer: layer(of: path))
            } else if isCopyright(path) {
                licenses[path.split(separator: "/").dropLast().last.map(String.init) ?? ""] =
                    debianLicenses(FieldParagraph.paragraphs(try bytes(read)))
            } else if path.hasSuffix(".dist-info/METADATA") {
                guard var found = Inventory.Component.python(FieldParagraph(header: try bytes(read))) else {
                    return
                }
                found.layer = layer(of: path)
                components.append(found)
            } else {
                var running = RunningDigest()
                try read { running.update($0) }
                components.append(file(path, running.digest))
            }
        }
        completePackages()
    }

    /// Adds the distribution and the licences, which may stand in layers above the database.
    private mutating func completePackages() {
        for index in components.indices {
            guard case .debian(let architecture, let source, _) = components[index].kind else { continue }
            components[index].kind = .debian(architecture: architecture, source: source, distribution: distribution)
            components[index].licenses = licenses[documentFolder(components[index].name)] ?? []
        }
    }

    /// The server, or a file of a model.
    private func file(_ path: String, _ digest: Digest) -> Inventory.Component {
        Inventory.Component(
            path.split(separator: "/").last.map(String.init) ?? path,
            version: path == server ? image.config.labels["dev.mlpack.version"] : nil,
            kind: path == server ? .server : .model,
            digest: digest,
            path: path,
            layer: layer(of: path)
        )
    }

    private func isDatabase(_ path: String) -> Bool {
        path == "var/lib/dpkg/status" || path.hasPrefix("var/lib/dpkg/status.d/") && !path.hasSuffix(".md5sums")
    }

    private func isCopyright(_ path: String) -> Bool {
        path.hasPrefix("usr/share/doc/") && path.hasSuffix("/copyright")
    }

    /// Adds the packages of a database, of which one paragraph at a time is in memory.
    private mutating func addPackages(_ read: ImageFiles.Reader, layer: Digest?) throws {
        var reader = ParagraphReader()
        var byteCount = 0
        var packages: [Inventory.Component] = []
        // PERF: packages name one another; one copy of each name saves 40 MiB for 100,000 packages.
        var texts: Set<String> = []
        func shared(_ text: String) -> String { texts.insert(text).memberAfterInsert }
        func add(_ fields: FieldParagraph) {
            guard var package = Inventory.Component.debian(fields) else { return }
            package.name = shared(package.name)
            package.supplier = package.supplier.map(shared)
            package.dependsOn = package.dependsOn.map(shared)
            package.layer = layer
            packages.append(package)
        }
        try read { piece in
            try check(&byteCount, adding: piece.count)
            reader.read(piece, add)
        }
        reader.finish(add)
        components += packages
    }

    /// The folder of a package's documents, which may be a link to that of another package.
    private func documentFolder(_ package: String) -> String {
        guard case .symbolicLink(let target)? = files.files[EntryPath("usr/share/doc/\(package)")]?.kind else {
            return package
        }
        return target
    }

    private func layer(of path: String) -> Digest? {
        files.files[EntryPath(path)].map { image.manifest.layers[$0.layer].digest }
    }

    /// The bytes of a list of packages, of licences or of metadata.
    private mutating func bytes(_ read: ImageFiles.Reader) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var byteCount = 0
        try read { piece in
            try check(&byteCount, adding: piece.count)
            bytes.append(contentsOf: piece)
        }
        return bytes
    }

    /// Counts the bytes of a list, of which there may be so many in one and in all.
    private mutating func check(_ byteCount: inout Int, adding count: Int) throws(SupplyChainError) {
        byteCount += count
        rest -= count
        guard byteCount <= Self.listByteLimit else {
            throw SupplyChainError(
                .malformed,
                "the list of packages is too large, expected at most \(Self.listByteLimit) bytes"
            )
        }
        guard rest >= 0 else {
            throw SupplyChainError(
                .malformed,
                "the lists of packages and licences are too large together, expected at most "
                    + "\(Self.togetherByteLimit) bytes"
            )
        }
    }

    /// The distribution of an `os-release` file: `debian-12`.
    ///
    /// *Source*: os-release(5), `ID` and `VERSION_ID`.
    private static func distribution(_ bytes: [UInt8]) -> String? {
        var values: [Substring: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let sign = line.firstIndex(of: "=") else { continue }
            values[line[..<sign]] = line[line.index(after: sign)...].filter { $0 != "\"" && $0 != "'" }
        }
        guard let name = values["ID"] else { return nil }
        return values["VERSION_ID"].map { "\(name)-\($0)" } ?? name
    }
}
