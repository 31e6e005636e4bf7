import ArgumentParser
import Diagnostics

struct Mlpack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mlpack",
        abstract: "Take a trained model out of the notebook: to ONNX, into an image, behind a server.",
        discussion: """
            Data goes to standard output, words to standard error. Exit codes: 0 done, 1 not possible, \
            2 wrong usage, 3 not supported.
            """,
        version: mlpackVersion,
        subcommands: [
            BenchCommand.self,
            CheckCommand.self,
            ConformanceCommand.self,
            CrossCheckCommand.self,
            EnvironmentCommand.self,
            EstimatorsCommand.self,
            ExportCommand.self,
            ImageCommand.self,
            InspectCommand.self,
            OperatorsCommand.self,
            PredictCommand.self,
            QuantizeCommand.self,
            RunCommand.self,
            ServeCommand.self,
        ]
    )
}
