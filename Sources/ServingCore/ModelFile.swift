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
    /// Where the model's `model.yaml` is, if it has one: beside the folders of its versions, or `iris.yaml` beside `iris.onnx`.
    package let manifestPath: String

    /// The model files that a path names, in the order of their names and versions.
    ///
    /// *Throws*: `notFound` and `refused` of the file system; `repository` for a folder without a model.
    package static func find(at path: String) throws -> [ModelFile] {
        let path = path.utf8.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard try isFolder(path) else { return [ModelFile(path: path, name: stem(lastPart(path)))] }
        let entries = try entries(of: path)
        let versions = versions(in: path, entries)
        guard versions.isEmpty else { return versions }

        var files: [ModelFile] = []
        for entry in entries {
            let inside = "\(path)/\(entry)"
            // What file systems keep for themselves, and for root alone.
            guard entry != "lost+found" else { continue }
            if try isFolder(inside) {
                files += Self.versions(in: inside, try Self.entries(of: inside))
            } else if entry.hasSuffix(".onnx") {
                files.append(ModelFile(path: inside, name: stem(entry)))
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

    /// A model in a file of its own.
    private init(path: String, name: String) {
        self.init(path: path, name: name, version: "1", manifestPath: Self.stem(path) + ".yaml")
    }

    private init(path: String, name: String, version: String, manifestPath: String) {
        self.path = path
        self.name = name
        self.version = version
        self.manifestPath = manifestPath
    }

    private static func versions(in folder: String, _ entries: [String]) -> [ModelFile] {
        entries.compactMap { entry -> (number: UInt64, file: ModelFile)? in
            guard let number = UInt64(entry), "\(number)" == entry else { return nil }
            let path = "\(folder)/\(entry)/model.onnx"
            guard access(path, F_OK) == 0 else { return nil }
            let name = lastPart(folder)
            return (number, ModelFile(path: path, name: name, version: entry, manifestPath: "\(folder)/model.yaml"))
        }
        .sorted { $0.number < $1.number }.map(\.file)
    }

    /// The `model.yaml` of a model, the first of those beside its files; without one, what holds then.
    ///
    /// *Throws*: the errors of files and of YAML, at the file and its line.
    static func manifest(of files: [ModelFile]) throws -> ModelManifest {
        guard let file = files.first(where: { access($0.manifestPath, F_OK) == 0 }) else { return ModelManifest() }
        return try ModelManifest.read(file.manifestPath)
    }

    /// The stamp of the files that the version is made of: all in its folder, or the file itself and those that have its
    /// name in front, as external data has.
    var stamp: FileStamp {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let names = (try? Self.entries(of: folder)) ?? []
        let own = path.split(separator: "/").last.map(String.init) ?? path
        let isVersion = own == "model.onnx"
        return FileStamp(names.filter { isVersion || $0.hasPrefix(own) }.map { "\(folder)/\($0)" })
    }

    private static func isFolder(_ path: String) throws(FileError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError(errno: errno, "opening", path: path) }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// The folders in which models and versions come and go, below a path that models are looked for at.
    package static func folders(at path: String) -> [String] {
        // A path that is a link is switched in the folder that it stands in.
        let above = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard (try? isFolder(path)) == true else { return [above] }
        var folders = [path]
        for _ in 0..<2 {
            let inside = folders.flatMap { folder in
                ((try? entries(of: folder)) ?? []).map { "\(folder)/\($0)" }
            }
            folders += inside.filter { !folders.contains($0) && (try? isFolder($0)) == true }
        }
        return folders + [above]
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
