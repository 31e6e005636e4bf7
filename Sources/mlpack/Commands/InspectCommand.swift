import ArgumentParser
import Diagnostics
import InferenceEngine
import ModelImport
import OnnxChecker
import OnnxIR
import OnnxReader
import Tensors

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what is in an ONNX model, or in a saved model.",
        discussion: """
            Inputs, outputs and their types, opsets, producer, metadata, operators and how often they stand in the \
            model, initializers, nodes, number of parameters and size; with --shapes also the type and shape of every \
            value, in the model's graph and in the graphs of its nodes, as far as they follow from the model.

            Of a saved model (all that `mlpack export` reads, and pickles, joblib and skops files of other classes): its \
            estimators, their parameters and, ending in `_`, what they learned. Nothing of the file is executed.

            With --security, every class and function that a pickle, joblib or skops file names, whether loading it with \
            Python would call it, and whether saved models are known to use it. A known name is no proof that a file is \
            harmless. Exit codes: 0 all are known, 1 some are not.
            """
    )

    @Argument(help: "The model: an ONNX file, a saved model, or a model directory of MLflow.", completion: .file())
    var model: String

    @Flag(help: "Print as JSON; of an ONNX model every node and initializer.")
    var json = false

    @Flag(help: "List every node and initializer, not the first 20; of a saved model all elements.")
    var all = false

    @Flag(help: "Infer and show the type and shape of every value.")
    var shapes = false

    @Flag(help: "Show the steps of the plan for inputs of their declared shapes, or of those that --shape gives.")
    var plan = false

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            "With --plan, the shape of an input; dimensions without a number are 1 unless given.",
            valueName: "name=1x3x224x224"
        )
    )
    var shape: [String] = []

    @Option(help: "With --plan, what products with constant weights are computed in (default: fp32).")
    var precision: Precision?

    @Flag(help: "List what loading a saved model with Python would call.")
    var security = false

    func validate() throws {
        if security, shapes || plan { throw ValidationError("`--security` excludes `--shapes` and `--plan`") }
        if !shape.isEmpty, !plan { throw ValidationError("`--shape` needs `--plan`") }
        if precision != nil, !plan { throw ValidationError("`--precision` needs `--plan`") }
    }

    func run() throws {
        if security { return try printAudit() }
        if plan { return try printPlan() }
        if !shapes, try printsOutline() { return }
        var summary = try summary()
        if shapes { summary.values = try inferredValues() }
        if json { printJSON(summary.json) } else { print(summary.text(limit: all ? .max : 20)) }
    }

    private func summary() throws -> ModelSummary {
        do throws(OnnxReaderError) {
            return try locating(.file(model)) { () throws(OnnxReaderError) in
                let file = try mapFile(model)
                let folder = model.lastIndex(of: "/").map { String(model[...$0]) } ?? "."
                return ModelSummary(try readModel(file, folder: folder), path: model, file: file)
            }
        } catch {
            guard error.kind == .invalid, !looksLikeOnnx(model) else { throw error }
            throw ModelImportError(
                .unknownFormat,
                at: .file(model),
                "the content is of no known format",
                cause: error,
                hint: "mlpack reads ONNX, and the formats that docs/estimators.md lists"
            )
        }
    }

    private func printPlan() throws {
        var shapes: [String: [Int]] = [:]
        for text in shape {
            let argument = try ShapeArgument(text)
            shapes[argument.input] = argument.shape.dimensions
        }
        var options = InferenceOptions.command()
        options.precision = precision ?? .fp32
        let loaded = try readModel(path: model)
        let description = try locating(.file(model)) { () throws(EngineError) in
            try InferenceSession(loaded, options: options).planDescription(shapes: shapes)
        }
        if json { printJSON(description.json) } else { print(description.text) }
    }

    private func inferredValues() throws -> [ModelSummary.PlacedValue] {
        let loaded = try readModel(path: model)
        let values = try locating(.file(model)) { () throws(EngineError) in try InferredValue.all(in: loaded) }
        return values.map { .init(path: $0.path, info: ValueInfo(name: $0.name, type: $0.type)) }
    }
}
