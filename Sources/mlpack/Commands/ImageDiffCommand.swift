import ArgumentParser
import Diagnostics
import JSON
import OCIArchive

struct ImageDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show how two images differ: layers, config, files.",
        discussion: """
            Lines start with `-` for what only the first image has, `+` for what only the second has, `~` for what both \
            have and is not the same. Files are those that a container sees. Exit codes: 0 nothing differs, 1 something does.
            """
    )

    @Argument(help: "An archive, an OCI layout, or the name of an image in a registry.", completion: .file())
    var first: String

    @Argument(help: "The image to compare with.", completion: .file())
    var second: String

    @OptionGroup var choice: ImageChoice

    @Flag(help: "Print as JSON.")
    var json = false

    func run() throws {
        let difference = try ImageDifference(choice.open(first), choice.open(second))
        let sections = [
            ("layer", difference.layers), ("config", difference.config), ("file", difference.files),
        ]
        if json {
            printJSON(.object(JSONObject(sections.map { ($0.0, .array($0.1.map(\.json))) })))
        } else {
            for (name, changes) in sections {
                for change in changes { print(printable(change.line(name))) }
            }
        }
        if !difference.isEmpty { throw ExitCode(ProcessExit.notPossible.rawValue) }
    }
}

extension ImageDifference.Change {
    fileprivate func line(_ section: String) -> String {
        switch (left, right) {
        case (let left?, nil): "- \(section) \(name)  \(left)"
        case (nil, let right?): "+ \(section) \(name)  \(right)"
        default: "~ \(section) \(name)  \(left ?? "") → \(right ?? "")"
        }
    }

    fileprivate var json: JSONValue {
        [
            "name": .string(name), "first": left.map { .string($0) } ?? .null,
            "second": right.map { .string($0) } ?? .null,
        ]
    }
}
