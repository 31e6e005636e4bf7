import Diagnostics
import Files
import Glibc

/// Starts an environment of one's own as a copy of another one, without its lock.
///
/// *Parameter* folder: where it is to stand; its last part becomes its name.
/// *Returns*: the paths of the files that were written.
/// *Throws*: `manifest` when something stands there already, or for a name that images cannot have; the errors of files.
package func startEnvironment(at folder: String, from template: CuratedEnvironment) throws -> [String] {
    let name = folder.split(separator: "/").last.map(String.init) ?? folder
    let path = folder + "/environment.yaml"
    guard access(path, F_OK) != 0 else {
        throw EnvironmentError(.manifest, at: .file(path), "an environment stands there already")
    }
    let lines = String(decoding: try readFile(template.manifestPath, limit: 1 << 20), as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false)
    var isNamed = false
    let renamed = lines.compactMap { line -> String? in
        // The comments at the top say what the other environment is for, and where its schema stands.
        if line.hasPrefix("# yaml-language-server:") { return nil }
        guard line.hasPrefix("name:"), !isNamed else { return String(line) }
        isNamed = true
        return "name: \(name)"
    }
    let bytes = Array(renamed.joined(separator: "\n").utf8)
    // What is written has to be read again: a name with a slash or a quote would not be.
    _ = try within(path) {
        try EnvironmentManifest(bytes) { try readFile(template.folder + "/" + $0, limit: 1 << 20) }
    }
    try makeFolders(folder)
    try writeFile(path, bytes)
    var written = [path]
    for source in template.manifest.files.map(\.source) + template.manifest.companions {
        let target = "\(folder)/\(source)"
        if let slash = target.lastIndex(of: "/") { try makeFolders(String(target[..<slash])) }
        try writeFile(target, try readFile("\(template.folder)/\(source)", limit: 64 << 20))
        written.append(target)
    }
    return written
}
