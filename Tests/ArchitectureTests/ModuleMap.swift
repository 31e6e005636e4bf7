import Foundation
import TestSupport

/// A row of the table of targets in docs/architecture.md.
struct ModuleMapRow {
    let layer: Int
    let target: String
    let imports: Set<String>
}

/// The table of targets in docs/architecture.md, from the bottom up.
enum ModuleMap {
    static let rows: [ModuleMapRow] = {
        let path = repositoryRoot + "/docs/architecture.md"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 4, let layer = Int(cells[0]) else { return nil }
            return ModuleMapRow(
                layer: layer,
                target: cells[1].trimmingCharacters(in: CharacterSet(charactersIn: "`")),
                imports: Set(names(in: cells[3]))
            )
        }
    }()

    private static func names(in cell: String) -> [String] {
        cell == "–" ? [] : cell.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

/// What Package.swift declares.
enum PackageManifest {
    /// The targets of this package that each library declares as dependencies.
    static let dependencies: [String: Set<String>] = {
        guard let text = try? String(contentsOfFile: repositoryRoot + "/Package.swift", encoding: .utf8) else {
            return [:]
        }
        var result: [String: Set<String>] = [:]
        for match in text.matches(of: /library\(\s*"(\w+)"(?:,\s*\[([^\]]*)\])?\s*\)/) {
            let names = match.2?.matches(of: /"(\w+)"/).map { String($0.1) } ?? []
            result[String(match.1)] = Set(names)
        }
        return result
    }()
}
