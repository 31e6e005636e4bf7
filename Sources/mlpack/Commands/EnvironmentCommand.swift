import ArgumentParser

struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment",
        abstract: "Curated environments: list, show, start, lock, compare, verify and build them.",
        subcommands: [
            EnvironmentBuildCommand.self,
            EnvironmentDiffCommand.self,
            EnvironmentInitCommand.self,
            EnvironmentListCommand.self,
            EnvironmentLockCommand.self,
            EnvironmentShowCommand.self,
            EnvironmentVerifyCommand.self,
        ]
    )
}
