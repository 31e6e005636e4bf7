import ContentStore
import Diagnostics
import OCIArchive
package import OCIImage

extension Inventory {
    /// Looks into an image: Debian packages by dpkg's database, Python distributions by their metadata, files of models, and
    /// the server.
    ///
    /// *Parameter* modelsFolder: where models stand, without a slash before it.
    /// *Throws*: `malformed` for a damaged layer, and what reading throws.
    package init(_ image: Image, named name: String, modelsFolder: String = "models") throws {
        self.init(
            subject: Subject(name: name, digest: image.digest, architecture: image.config.architecture),
            components: []
        )
        var scan = ImageScan(image, try ImageFiles(image), modelsFolder: modelsFolder)
        try scan.run()
        components = scan.components
    }
}

/// What is found in an image, file by file.
private struct ImageScan {
    private let image: Image
    private let files: ImageFiles
    private let modelsFolder: String
    /// The path of the server, when the image starts one.
    private let server: String?
    private var distribution: String?
    private var paragraphs: [String: [ControlFields]] = [:]
    private var metadata: [String: ControlFields] = [:]
    private var digests: [String: Digest] = [:]
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
                paragraphs[path] = ControlFields.paragraphs(try bytes(read))
            } else if isCopyright(path) {
                licenses[path.split(separator: "/").dropLast().last.map(String.init) ?? ""] =
                    debianLicenses(ControlFields.paragraphs(try bytes(read)))
            } else if path.hasSuffix(".dist-info/METADATA") {
                metadata[path] = ControlFields(textLines(try bytes(read)))
            } else {
                var running = RunningDigest()
                try read { running.update($0) }
                digests[path] = running.digest
            }
        }
    }

    private func isDatabase(_ path: String) -> Bool {
        path == "var/lib/dpkg/status" || path.hasPrefix("var/lib/dpkg/status.d/") && !path.hasSuffix(".md5sums")
    }

    private func isCopyright(_ path: String) -> Bool {
        path.hasPrefix("usr/share/doc/") && path.hasSuffix("/copyright")
    }

    /// Everything that was found.
    var components: [Inventory.Component] {
        let packages = paragraphs.flatMap { path, list in
            list.compactMap { fields -> Inventory.Component? in
                guard var component = Inventory.Component.debian(fields, distribution: distribution) else { return nil }
                component.licenses = licenses[documentFolder(component.name)] ?? []
                component.layer = layer(of: path)
                return component
            }
        }
        let distributions = metadata.compactMap { path, fields -> Inventory.Component? in
            var component = Inventory.Component.python(fields)
            component?.layer = layer(of: path)
            return component
        }
        let models = digests.map { path, digest in
            Inventory.Component(
                path.split(separator: "/").last.map(String.init) ?? path,
                version: path == server ? image.config.labels["dev.mlpack.version"] : nil,
                kind: path == server ? .server : .model,
                digest: digest,
                path: path,
                layer: layer(of: path)
            )
        }
        return packages + distributions + models
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

    /// The bytes of a list of packages, of licences or of metadata, of which there may be so many in one and in all.
    private mutating func bytes(_ read: ImageFiles.Reader) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read { piece in
            guard piece.count <= Self.listByteLimit - bytes.count else {
                throw SupplyChainError(
                    .malformed,
                    "the list of packages is too large, expected at most \(Self.listByteLimit) bytes"
                )
            }
            guard piece.count <= rest else {
                throw SupplyChainError(
                    .malformed,
                    "the lists of packages and licences are too large together, expected at most "
                        + "\(Self.togetherByteLimit) bytes"
                )
            }
            rest -= piece.count
            bytes.append(contentsOf: piece)
        }
        return bytes
    }

    /// The distribution of an `os-release` file: `debian-12`.
    ///
    /// *Source*: os-release(5), `ID` and `VERSION_ID`.
    private static func distribution(_ bytes: [UInt8]) -> String? {
        var values: [Substring: String] = [:]
        for line in textLines(bytes) {
            guard let sign = line.firstIndex(of: "=") else { continue }
            values[line[..<sign]] = line[line.index(after: sign)...].filter { $0 != "\"" && $0 != "'" }
        }
        guard let name = values["ID"] else { return nil }
        return values["VERSION_ID"].map { "\(name)-\($0)" } ?? name
    }
}
