import ContentStore
import Diagnostics
import JSON
import PythonPackages

extension EnvironmentLock {
    /// Reads a lock.
    ///
    /// *Throws*: `lock` for another form, for a path that leaves its base address, for a name that stands twice and for
    /// a requirement that nothing of the lock fulfils; `unsupported` for another schema; JSON's own errors.
    package init(_ bytes: [UInt8]) throws {
        let root = try JSONValue.parse(bytes)
        guard root["schema"]?.string == Self.schema else {
            throw EnvironmentError(
                .unsupported,
                "another schema is not read here, expected `\(Self.schema)`, got `\(root["schema"]?.string ?? "none")`",
                hint: "run `mlpack environment lock` with this version of mlpack"
            )
        }
        self.init(
            manifest: try root.digest("manifest"),
            files: try root.list("files").map {
                File(source: try $0.plainPath("source"), digest: try $0.digest("digest"))
            },
            platforms: try root.list("platforms").map(Platform.init)
        )
        try checkOnce(platforms.map(\.architecture), "architecture")
    }

    /// The lock as it is stored.
    package var bytes: [UInt8] {
        let json: JSONValue = [
            "schema": .string(Self.schema),
            "manifest": .string(manifest.description),
            "files": .array(
                files.map { ["source": .string($0.source), "digest": .string($0.digest.description)] }
            ),
            "platforms": .array(platforms.map(\.json)),
        ]
        return json.serialized(.pretty) + [UInt8(ascii: "\n")]
    }
}

extension EnvironmentLock.Platform {
    fileprivate init(_ json: JSONValue) throws {
        self.init(
            architecture: try json.text("architecture"),
            packages: try json.list("packages").map(EnvironmentLock.Package.init),
            wheels: try json.list("wheels").map { try LockedWheel($0) }
        )
        try checkOnce(packages.map(\.name), "package")
        try checkOnce(wheels.map(\.name), "wheel")
        try checkRequirements(packages.map { ($0.name, $0.requires) })
        try checkRequirements(wheels.map { ($0.name, $0.requires) })
        for package in packages where ![architecture, "all"].contains(package.architecture) {
            throw EnvironmentError(
                .lock,
                at: .item("package", package.name),
                "the package is for another architecture, expected \(architecture), got \(package.architecture)"
            )
        }
    }

    fileprivate var json: JSONValue {
        [
            "architecture": .string(architecture),
            "packages": .array(packages.map(\.json)),
            "wheels": .array(wheels.map(\.json)),
        ]
    }
}

extension EnvironmentLock.Package {
    fileprivate init(_ json: JSONValue) throws {
        self.init(
            name: try json.text("name"),
            version: try json.text("version"),
            architecture: try json.text("architecture"),
            archive: try json.text("archive"),
            suite: try json.text("suite"),
            path: try json.plainPath("path"),
            digest: try json.digest("digest"),
            byteCount: try json.byteCount("size"),
            source: try json.text("source"),
            requires: try json.texts("requires"),
            skippedScripts: try json.texts("skippedScripts")
        )
    }

    fileprivate var json: JSONValue {
        [
            "name": .string(name),
            "version": .string(version),
            "architecture": .string(architecture),
            "archive": .string(archive),
            "suite": .string(suite),
            "path": .string(path),
            "digest": .string(digest.description),
            "size": .number(JSONNumber(byteCount)),
            "source": .string(source),
            "requires": .array(requires.map { .string($0) }),
            "skippedScripts": .array(skippedScripts.map { .string($0) }),
        ]
    }
}

extension LockedWheel {
    fileprivate init(_ json: JSONValue) throws {
        self.init(
            name: try json.text("name"),
            version: try json.text("version"),
            file: try json.plainPath("file"),
            digest: try json.digest("digest"),
            byteCount: try json.byteCount("size"),
            requires: try json.texts("requires")
        )
    }

    fileprivate var json: JSONValue {
        [
            "name": .string(name),
            "version": .string(version),
            "file": .string(file),
            "digest": .string(digest.description),
            "size": .number(JSONNumber(byteCount)),
            "requires": .array(requires.map { .string($0) }),
        ]
    }
}

private func checkOnce(_ names: [String], _ kind: String) throws(EnvironmentError) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
        throw EnvironmentError(.lock, at: .item(kind, name), "the \(kind) stands twice in the lock")
    }
}

private func checkRequirements(_ items: [(name: String, requires: [String])]) throws(EnvironmentError) {
    let names = Set(items.map(\.name))
    for item in items {
        for required in item.requires where !names.contains(required) {
            throw EnvironmentError(
                .lock,
                at: .item("package", item.name),
                "`\(required)`, which it requires, is not in the lock",
                hint: "a lock is not edited by hand: run `mlpack environment lock`"
            )
        }
    }
}

extension JSONValue {
    fileprivate func text(_ key: String) throws(EnvironmentError) -> String {
        guard let text = self[key]?.string else {
            throw EnvironmentError(.lock, "`\(key)` is missing, expected a string")
        }
        return text
    }

    fileprivate func texts(_ key: String) throws(EnvironmentError) -> [String] {
        let values = try list(key)
        let texts = values.compactMap(\.string)
        guard texts.count == values.count else {
            throw EnvironmentError(.lock, "`\(key)` holds something else, expected strings")
        }
        return texts
    }

    fileprivate func list(_ key: String) throws(EnvironmentError) -> [JSONValue] {
        guard let list = self[key]?.array else {
            throw EnvironmentError(.lock, "`\(key)` is missing, expected an array")
        }
        return list
    }

    fileprivate func digest(_ key: String) throws -> Digest { try Digest(parsing: text(key)) }

    fileprivate func byteCount(_ key: String) throws(EnvironmentError) -> Int {
        guard let byteCount = self[key]?.number?.int64, byteCount > 0 else {
            throw EnvironmentError(.lock, "`\(key)` is missing, expected a number of bytes")
        }
        // As many bytes are fetched as the lock says, from whoever has them.
        guard byteCount <= EnvironmentLock.packageByteLimit else {
            throw EnvironmentError(
                .lock,
                "`\(key)` is too large, expected at most \(EnvironmentLock.packageByteLimit) bytes, got \(byteCount)"
            )
        }
        return Int(byteCount)
    }

    /// A path that stays below what it is put behind.
    fileprivate func plainPath(_ key: String) throws(EnvironmentError) -> String {
        let path = try text(key)
        let components = path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard components.first != "", !components.contains("..") else {
            throw EnvironmentError(.lock, "`\(key)` climbs, expected a path below its base, got `\(path)`")
        }
        return path
    }
}
