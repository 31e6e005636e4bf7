import ArgumentParser
import Diagnostics
import JSON
import OnnxIR
import ServingClient
import ServingCore
import TensorFiles

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Ask a model on a server for its outputs.",
        discussion: """
            The server speaks the Open Inference Protocol v2 (mlpack, Triton, MLServer, KServe). What the model says of its \
            inputs is asked for first, and the values are held against it. INPUT is a file in npy, npz, CSV, JSON or ONNX \
            .pb form, `-` or nothing for standard input. JSON is an object of values by input, rows in arrays or in \
            objects, or a request of the protocol. `--input NAME=VALUE` gives one input, from a file or as JSON.

            EXAMPLES:
              mlpack predict http://localhost:8000/v2/models/iris flowers.csv
              mlpack predict localhost:8000 --model iris --input 'X=[[5.1, 3.5, 1.4, 0.2]]' --json
              mlpack predict grpc://localhost:8001 --model prices rows.npz --rows-per-request 1000 --output prices.npz
            """
    )

    /// How tensors are sent over HTTP.
    enum TensorForm: String, EnumerableFlag {
        case binary
        case jsonTensors
    }

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

    @Option(help: ArgumentHelp("The columns of the file that the only input takes, in its order.", valueName: "names"))
    var columns: String?

    @Option(help: ArgumentHelp("Ask for these outputs only, separated by commas.", valueName: "names"))
    var outputs: String?

    @Flag(help: "Print the outputs as one JSON object.")
    var json = false

    @Option(
        help: ArgumentHelp("Write the outputs to a file, whose name says the form.", valueName: "out.npz|npy|csv|json"),
        completion: .file()
    )
    var output: String?

    @Flag(help: "Send tensors as bytes, or as JSON (default: bytes where the server says that it takes them).")
    var form: TensorForm?

    @Option(help: ArgumentHelp("Send so many rows at a time.", valueName: "count"))
    var rowsPerRequest: Int?

    @OptionGroup var client: ClientArguments

    func validate() throws {
        if let rowsPerRequest, rowsPerRequest < 1 {
            throw ValidationError("`--rows-per-request` is \(rowsPerRequest), expected 1 or more")
        }
        if json, output != nil { throw ValidationError("`--json` and `--output` exclude each other") }
        if let output, OutputFileFormat(path: output) == nil {
            throw ValidationError("`--output` is `\(output)`, expected a name that ends in .npz, .npy, .csv or .json")
        }
    }

    func run() throws {
        let target = try NamedModel(url, model: model, version: modelVersion, options: client.options)
        let metadata = try target.metadata()
        let path = file ?? (input.isEmpty ? "-" : nil)
        let values = try PredictInput(
            path: path,
            values: input,
            model: metadata,
            columns: columns.map(Self.names) ?? []
        )
        try metadata.check(values.inputs)
        var call = try target.call(inputs: values.inputs, form: form)
        call.id = values.id
        call.outputs = outputs.map(Self.names) ?? values.outputs
        var progress = ProgressLine()
        defer { progress.finish() }
        let found = try predict(target.client, call, rowsPerRequest: rowsPerRequest) {
            progress.show("predicting", $0, of: $1)
        }
        progress.finish()
        try show(found)
    }

    private static func names(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }

    private func show(_ outputs: [NamedTensor]) throws {
        let values = Dictionary(outputs.map { ($0.name, Value.tensor($0.tensor)) }) { first, _ in first }
        let names = outputs.map(\.name)
        if let output {
            try writeOutputs(values, names: names, path: output, OutputFileFormat(path: output) ?? .npz)
        } else if json {
            printJSON(try TensorFiles.json(of: values, names: names), .compact)
        } else {
            print(try outputTable(values, names: names))
        }
    }
}
