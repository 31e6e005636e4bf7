import ArgumentParser
import ServingClient

/// How tensors are sent over HTTP.
enum TensorForm: String, EnumerableFlag {
    case binary
    case jsonTensors
}

/// Which model of which server is asked, and with what.
struct QuestionArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("The server, with the model perhaps.", valueName: "url"))
    var url: String

    @Argument(help: "A file with the values.", completion: .file())
    var file: String?

    @Option(help: "The model, where the address does not name it.")
    var model: String?

    @Option(help: ArgumentHelp("The version of the model (default: the server's choice).", valueName: "version"))
    var modelVersion: String?

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp("The value of an input: a file, or JSON; once for each input.", valueName: "name=value"),
        completion: .file()
    )
    var input: [String] = []

    @Flag(help: "Send tensors as bytes, or as JSON (default: bytes where the server says that it takes them).")
    var form: TensorForm?

    @OptionGroup var client: ClientArguments

    /// The model.
    ///
    /// *Throws*: a usage error where no model is named, `address`, `unreachable`.
    func target() throws -> NamedModel {
        try NamedModel(url, model: model, version: modelVersion, options: client.options)
    }
}
