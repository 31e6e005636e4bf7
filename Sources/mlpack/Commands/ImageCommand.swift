import ArgumentParser

struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Put a model into a container image, and carry images to and from registries.",
        subcommands: [
            ImageBuildCommand.self,
            ImageDiffCommand.self,
            ImageExtractCommand.self,
            ImageInspectCommand.self,
            ImageListCommand.self,
            ImagePruneCommand.self,
            ImagePullCommand.self,
            ImagePushCommand.self,
            ImageVerifyCommand.self,
        ]
    )
}
