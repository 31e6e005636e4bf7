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
        let files = try ImageFiles(image)
        let server = image.config.entrypoint.first.map { String($0.drop { $0 == "/" }) }
        let paths = files.files.keys.filter { path in
            path.hasPrefix("var/lib/dpkg/status.d/") && !path.hasSuffix(".md5sums") || path == "var/lib/dpkg/status"
                || releasePaths.contains(path) || path.hasSuffix(".dist-info/METADATA")
                || path.hasPrefix(modelsFolder + "/") || path == server && path.hasSuffix("/mlpack-serve")
        }
        var paragraphs: [(fields: ControlFields, layer: Digest)] = []
        var distribution: String?
        try files.read(paths, of: image) { path, read in
            guard let number = files.files[path]?.layer else { return }
            let layer = image.manifest.layers[number].digest
            if releasePaths.contains(path) {
                distribution = try Self.distribution(Self.bytes(read))
            } else if path.hasSuffix(".dist-info/METADATA") {
                guard var component = Component.python(ControlFields(textLines(try Self.bytes(read)))) else { return }
                component.layer = layer
                components.append(component)
            } else if path.hasPrefix("var/lib/dpkg/") {
                paragraphs += ControlFields.paragraphs(try Self.bytes(read)).map { ($0, layer) }
            } else {
                var running = RunningDigest()
                try read { running.update($0) }
                let isServer = path == server
                components.removeAll { $0.path == path }
                components.append(
                    Component(
                        path.split(separator: "/").last.map(String.init) ?? path,
                        version: isServer ? image.config.labels["dev.mlpack.version"] : nil,
                        kind: isServer ? .server : .model,
                        digest: running.digest,
                        path: path,
                        layer: layer
                    )
                )
            }
        }
        for (fields, layer) in paragraphs {
            guard var component = Component.debian(fields, distribution: distribution) else { continue }
            component.layer = layer
            components.append(component)
        }
    }

    private static let listByteLimit = 32 << 20

    private static func bytes(_ read: ImageFiles.Reader) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read { piece in
            guard piece.count <= listByteLimit - bytes.count else {
                throw SupplyChainError(
                    .malformed,
                    "the list of packages is too large, expected at most \(listByteLimit) bytes"
                )
            }
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

private let releasePaths = ["etc/os-release", "usr/lib/os-release"]
