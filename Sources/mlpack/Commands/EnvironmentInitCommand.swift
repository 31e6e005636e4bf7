import ArgumentParser
import Environments

struct EnvironmentInitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Start an environment of your own as a copy of a curated one.",
        discussion: """
            Writes <folder>/environment.yaml. Edit it, lock it with `mlpack environment lock`, and build images from it: \
            an environment is found by its name in `./images`, in $MLPACK_ENVIRONMENTS and in --environments-dir.
            """
    )

    @Argument(help: "The folder of the new environment; its last part is the name.")
    var folder: String

    @Option(help: "The environment that it starts from.")
    var from = "onnx-python"

    @Option(help: ArgumentHelp("A folder of environments to look in first.", valueName: "folder"))
    var environmentsDir: String?

    func run() throws {
        let template = try EnvironmentFolders(given: environmentsDir).environment(named: from)
        for path in try startEnvironment(at: folder, from: template) { print(path) }
    }
}
