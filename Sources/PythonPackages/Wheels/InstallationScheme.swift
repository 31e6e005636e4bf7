import Archives
import Diagnostics

/// Where the parts of packages go, relative to the root of an image.
///
/// *Source*: PyPA's Binary distribution format, Installing a wheel: the keys of `sysconfig`.
package struct InstallationScheme: Sendable, Hashable {
    /// Modules, pure and for one platform alike.
    package let site: String
    package let scripts: String
    /// Headers, in a folder for each project.
    package let headers: String
    package let data: String
    /// The absolute path of the Python that scripts start with.
    package let interpreter: String

    /// A scheme of folders.
    ///
    /// *Throws*: `unsupported` for an interpreter that no line of a script can name, `syntax` for a folder that
    /// climbs.
    package init(
        site: String,
        scripts: String,
        headers: String,
        data: String,
        interpreter: String
    ) throws(PythonPackageError) {
        // SPEC: execve(2): of the line behind `#!`, Linux reads 255 bytes, and 127 before 5.1.
        guard interpreter.utf8.first == UInt8(ascii: "/"), interpreter.utf8.count <= 125,
            interpreter.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else {
            throw PythonPackageError(
                .unsupported,
                "the path of the interpreter cannot stand in scripts, expected an absolute one of at most 125 bytes "
                    + "without white space, got `\(interpreter)`"
            )
        }
        self.site = try Self.folder(site)
        self.scripts = try Self.folder(scripts)
        self.headers = try Self.folder(headers)
        self.data = try Self.folder(data)
        self.interpreter = interpreter
    }

    private static func folder(_ path: String) throws(PythonPackageError) -> String {
        guard let folder = try? archivePath(path) else {
            throw PythonPackageError(.syntax, "the folder is not relative to the root, got `\(path)`")
        }
        return folder
    }

    /// A path below a folder.
    static func path(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : folder + "/" + name }

    /// The path as `RECORD` has it: relative to the folder of modules.
    ///
    /// *Source*: PEP 376, RECORD.
    func recordPath(of path: String) -> String {
        let from = split(site) { $0 == UInt8(ascii: "/") }
        let to = split(path) { $0 == UInt8(ascii: "/") }
        let shared = zip(from, to).prefix { $0 == $1 }.count
        let climbs = [String](repeating: "..", count: from.count - shared)
        return (climbs + to[shared...]).joined(separator: "/")
    }
}
