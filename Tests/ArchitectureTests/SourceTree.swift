import Foundation
import TestSupport

/// A source file of the product, with what the rules ask about it.
struct SourceFile {
    let target: String
    let path: String
    let lines: [Substring]

    var name: String { (path as NSString).lastPathComponent }
    var isGenerated: Bool { lines.first?.contains("enerated") ?? false }

    /// The modules that the file imports, in order.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count, index <= 2 else { return nil }
            guard words[..<index].allSatisfy({ ["package", "public", "internal", "@preconcurrency"].contains($0) })
            else { return nil }
            return words[index + 1].split(separator: ".").first.map(String.init)
        }
    }
}

/// Everything under `Sources`.
enum SourceTree {
    static let swiftFiles: [SourceFile] = files(withExtension: "swift")

    /// The names of all targets: the folders of `Sources`.
    static let targets: Set<String> = Set(
        (try? FileManager.default.contentsOfDirectory(atPath: repositoryRoot + "/Sources")) ?? []
    )

    /// The modules of this package that each target imports.
    static let localImports: [String: Set<String>] = imports { targets.contains($0) }

    /// The modules from elsewhere that each target imports.
    static let foreignImports: [String: Set<String>] = imports { !targets.contains($0) }

    /// What a target links of this package, itself included.
    static func closure(of target: String) -> Set<String> {
        var reached: Set<String> = []
        var open = [target]
        while let next = open.popLast() {
            guard reached.insert(next).inserted else { continue }
            open += localImports[next] ?? []
        }
        return reached
    }

    private static func imports(where isWanted: (String) -> Bool) -> [String: Set<String>] {
        var result: [String: Set<String>] = [:]
        for file in swiftFiles {
            result[file.target, default: []].formUnion(file.imports.filter(isWanted))
        }
        return result
    }

    private static func files(withExtension ending: String) -> [SourceFile] {
        let root = repositoryRoot + "/Sources"
        guard let paths = FileManager.default.enumerator(atPath: root) else { return [] }
        return paths.compactMap { element -> SourceFile? in
            guard let path = element as? String, path.hasSuffix("." + ending),
                let target = path.split(separator: "/").first,
                let text = try? String(contentsOfFile: root + "/" + path, encoding: .utf8)
            else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            return SourceFile(target: String(target), path: path, lines: lines)
        }
    }
}
