import ArgumentParser

struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment",
        abstract: "List, show and lock curated environments.",
        subcommands: [EnvironmentListCommand.self, EnvironmentLockCommand.self, EnvironmentShowCommand.self]
    )
}
