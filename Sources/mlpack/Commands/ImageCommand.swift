import ArgumentParser

struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Put a model into a container image, and carry images to and from registries.",
        subcommands: [
            ImageAttestCommand.self,
            ImageBuildCommand.self,
            ImageDiffCommand.self,
            ImageExtractCommand.self,
            ImageInspectCommand.self,
            ImageKeygenCommand.self,
            ImageListCommand.self,
            ImageManifestCommand.self,
            ImagePruneCommand.self,
            ImagePullCommand.self,
            ImagePushCommand.self,
            ImageSBOMCommand.self,
            ImageSignCommand.self,
            ImageVerifyCommand.self,
        ]
    )
}
