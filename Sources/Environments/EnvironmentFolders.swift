import Diagnostics
import Files
import Glibc

/// Where environments are looked for, the first that has the name wins.
package struct EnvironmentFolders: Sendable {
    /// The folders, in order.
    package let paths: [String]

    /// The folders of the user: the one given, `$MLPACK_ENVIRONMENTS`, those beside the executable, and `./images`.
    package init(given: String? = nil) {
        var paths: [String] = []
        if let given { paths.append(given) }
        if let variable = getenv("MLPACK_ENVIRONMENTS") { paths.append(String(cString: variable)) }
        if let folder = executableFolder() {
            paths += [folder + "/../share/mlpack/environments", folder + "/images"]
        }
        paths.append("images")
        self.paths = paths
    }

    /// The environment of a name, or of a folder when a slash stands in it.
    ///
    /// *Throws*: `notFound` with the known names as a hint, and the errors of its files.
    package func environment(named name: String) throws -> CuratedEnvironment {
        if name.contains("/") { return try CuratedEnvironment(folder: name) }
        for path in paths where access("\(path)/\(name)/environment.yaml", F_OK) == 0 {
            return try CuratedEnvironment(folder: "\(path)/\(name)")
        }
        let names = names()
        throw EnvironmentError(
            .notFound,
            at: .item("environment", name),
            "there is no environment of this name in " + paths.map { "`\($0)`" }.joined(separator: ", "),
            hint: suggestion(for: name, among: names).map { "did you mean `\($0)`?" }
                ?? (names.isEmpty
                    ? "name their folder with --environments-dir"
                    : "known environments: \(names.joined(separator: ", "))")
        )
    }

    /// The names of all environments, sorted.
    package func names() -> [String] {
        var names: Set<String> = []
        for path in paths {
            for name in (try? folderNames(path)) ?? [] where access("\(path)/\(name)/environment.yaml", F_OK) == 0 {
                names.insert(name)
            }
        }
        return names.sorted()
    }
}

/// The folder of this process's executable.
package func executableFolder() -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[..<$0]) }
}
