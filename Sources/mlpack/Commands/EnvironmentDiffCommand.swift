import ArgumentParser
import Diagnostics
import Environments
import Files
import JSON

struct EnvironmentDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare the packages of two environments, or of two locks.",
        discussion: "Exits with 1 when they differ, as diff does."
    )

    @Argument(help: "An environment or a lock file.")
    var old: String

    @Argument(help: "An environment or a lock file.")
    var new: String

    @Option(help: ArgumentHelp("A folder of environments to look in first.", valueName: "folder"))
    var environmentsDir: String?

    @Flag(help: "Print the difference as JSON.")
    var json = false

    func run() throws {
        let changes = EnvironmentDifference(from: try lock(old), to: try lock(new)).changes
        if json {
            printJSON(.array(changes.map(\.json)))
        } else {
            for change in changes { print(printable(change.line)) }
        }
        if !changes.isEmpty { throw ExitCode(1) }
    }

    private func lock(_ operand: String) throws -> EnvironmentLock {
        guard operand.hasSuffix(".json") else {
            return try EnvironmentFolders(given: environmentsDir).environment(named: operand).currentLock()
        }
        let bytes = try readFile(operand, limit: EnvironmentLock.byteLimit)
        do {
            return try EnvironmentLock(bytes)
        } catch let error as any Diagnostic {
            throw error.within(.file(operand))
        }
    }
}

extension EnvironmentDifference.Change {
    /// The change in one line: `~ python  numpy  (amd64)  2.4.5 -> 2.4.6`.
    var line: String {
        let what = "\(kind.rawValue)  \(name)" + (architecture.map { "  (\($0))" } ?? "")
        switch (old, new) {
        case (nil, let new): return "+ \(what)  \(new ?? "")"
        case (let old, nil): return "- \(what)  \(old ?? "")"
        case (let old?, let new?): return "~ \(what)  \(old) -> \(new)" + (isRebuilt ? " (other bytes)" : "")
        }
    }

    fileprivate var json: JSONValue {
        [
            "architecture": architecture.map { .string($0) } ?? .null,
            "kind": .string(kind.rawValue),
            "name": .string(name),
            "old": old.map { .string($0) } ?? .null,
            "new": new.map { .string($0) } ?? .null,
            "rebuilt": .bool(isRebuilt),
        ]
    }
}
