import ArgumentParser
import InferenceEngine
import ServerCommand

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve ONNX models over HTTP.",
        discussion: serveHelp(program: "mlpack serve")
    )

    // The options are those of `mlpack-serve`, which parses them from its own table.
    @Argument(parsing: .captureForPassthrough, help: "Paths and options, as listed above.")
    var arguments: [String] = []

    func run() throws {
        try serve(program: "mlpack serve", arguments: arguments, options: .command())
    }
}
