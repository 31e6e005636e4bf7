import ArgumentParser

struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Put a model into a container image.",
        subcommands: [ImageBuildCommand.self]
    )
}
