import Diagnostics
import Files
import Glibc

/// A model file that is to be served, and the name and version that it is served under.
///
/// A path names
/// - a file, `iris.onnx`: the model `iris`, version 1;
/// - a folder of versions, `iris/` with `1/model.onnx`, `2/model.onnx`, …: the model `iris`;
/// - a folder of models, with any of both in it.
package struct ModelFile: Sendable, Hashable {
    package let path: String
    package let name: String
    package let version: String

    /// The model files that a path names, in the order of their names and versions.
    ///
    /// *Throws*: `notFound` and `refused` of the file system; `repository` for a folder without a model.
    package static func find(at path: String) throws -> [ModelFile] {
        let path = path.utf8.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard try isFolder(path) else { return [ModelFile(path: path, name: stem(lastPart(path)), version: "1")] }
        let entries = try entries(of: path)
        let versions = versions(in: path, entries)
        guard versions.isEmpty else { return versions }

        var files: [ModelFile] = []
        for entry in entries {
            let inside = "\(path)/\(entry)"
            if try isFolder(inside) {
                files += Self.versions(in: inside, try Self.entries(of: inside))
            } else if entry.hasSuffix(".onnx") {
                files.append(ModelFile(path: inside, name: stem(entry), version: "1"))
            }
        }
        guard !files.isEmpty else {
            throw ServingError(
                .repository,
                at: .file(path),
                "the folder holds no model, expected `<name>/<version>/model.onnx` or `<name>.onnx`"
            )
        }
        return files
    }

    private static func versions(in folder: String, _ entries: [String]) -> [ModelFile] {
        entries.compactMap { entry -> (number: UInt64, file: ModelFile)? in
            guard let number = UInt64(entry), "\(number)" == entry else { return nil }
            let path = "\(folder)/\(entry)/model.onnx"
            guard access(path, F_OK) == 0 else { return nil }
            return (number, ModelFile(path: path, name: lastPart(folder), version: entry))
        }
        .sorted { $0.number < $1.number }.map(\.file)
    }

    private static func isFolder(_ path: String) throws(FileError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError(errno: errno, "opening", path: path) }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, sorted, without those that start with a dot.
    private static func entries(of folder: String) throws(FileError) -> [String] {
        guard let stream = opendir(folder) else { throw FileError(errno: errno, "opening", path: folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func lastPart(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard name == "." || name == ".." || name == "/" else { return name }
        guard let resolved = realpath(path, nil) else { return name }
        defer { free(resolved) }
        return String(cString: resolved).split(separator: "/").last.map(String.init) ?? name
    }

    private static func stem(_ name: String) -> String {
        name.hasSuffix(".onnx") && name.utf8.count > 5 ? String(name.dropLast(5)) : name
    }
}
