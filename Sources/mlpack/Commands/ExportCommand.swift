import ArgumentParser
import Diagnostics
import Files
import Importers
import JSON
import ModelImport
import OnnxBuilder
import OnnxIR
import OnnxProtobuf

/// The types of numbers that a model can take and give.
enum ExportPrecision: String, ExpressibleByArgument, CaseIterable {
    case double, float
}

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Turn a saved model into ONNX.",
        discussion: """
            Reads estimators of scikit-learn saved with pickle, joblib or skops, models of CatBoost saved as JSON, cbm or \
            pickle, boosters of LightGBM saved as text, JSON or pickle, boosters of XGBoost saved as JSON, UBJSON or \
            pickle, and model directories of MLflow that hold such files; the content decides, not the name. No Python \
            is needed, and nothing that a pickle asks for is executed.

            The model takes one matrix `X` [batch, features]; a column [batch, 1] under its name for each feature where \
            columns of a data frame or categories of CatBoost hold text; or `X` [batch] for documents. It gives `label` \
            and `probabilities`, `prediction` or `transformed`; --outputs chooses. What is not supported is refused by \
            name with exit code 3; then no file is written.

            For example:

              mlpack export --onnx model.joblib -o model.onnx
            """
    )

    @Flag(name: .customLong("onnx"), help: "Export to ONNX, which is the only format so far.")
    var exportsOnnx = false

    @Argument(help: "The saved model, or a model directory of MLflow.", completion: .file())
    var model: String

    @Option(name: .shortAndLong, help: "The file to write.", completion: .file(extensions: ["onnx"]))
    var output: String

    @Option(help: "The opset of ai.onnx: 13 to 22.")
    var opset: Int64 = OpsetChoice.default.onnx

    @Option(
        help: """
            The opset of ai.onnx.ml: 2 to 5, by default the one beside the opset, up to 3. With 5, trees are the operator \
            TreeEnsemble, which adds up in double where the framework does.
            """
    )
    var mlOpset: Int64?

    @Flag(name: .customLong("zipmap"), help: "Give probabilities as a sequence of maps from label to probability.")
    var usesZipMap = false

    @Option(
        help: ArgumentHelp(
            """
            What the model gives, by scikit-learn's names, separated by commas: predict (`label` or `prediction`), \
            predict_proba (`probabilities`), decision_function (`decision`), transform (`transformed`), \
            score_samples (`scores`), predict_std (`std`), mahalanobis. (default: what is usual for the model's kind)
            """,
            valueName: "names"
        )
    )
    var outputs: String?

    @Option(help: "The type of the numbers that go in and come out; scikit-learn's own computations are in double.")
    var precision = ExportPrecision.float

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            """
            Run the model on the rows of a file (CSV, JSON, npy or npz), and print what it gives; once for each file. \
            Columns of a CSV file are taken by the names of the features, where the model knows them.
            """,
            valueName: "name=path"
        ),
        completion: .file()
    )
    var verify: [String] = []

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            """
            Keep statistics of the rows of a file in the model, such as its training data: `mlpack serve` tells how far \
            its inputs are from them.
            """,
            valueName: "name=path"
        ),
        completion: .file()
    )
    var reference: [String] = []

    @Flag(help: "Run the model on the example that lies in a model directory of MLflow, and print what it gives.")
    var verifyExample = false

    @Flag(name: .customLong("json"), help: "Print what was read and written as JSON.")
    var printsJSON = false

    func validate() throws {
        guard exportsOnnx else { throw ValidationError("no format to export to, expected `--onnx`") }
        guard OpsetChoice(onnx: opset) != nil else {
            let range = OpsetChoice.supported
            throw ValidationError(
                "opset \(opset) cannot be written, expected \(range.lowerBound) to \(range.upperBound)"
            )
        }
        if let mlOpset, OpsetChoice(onnx: opset, onnxML: mlOpset) == nil {
            let range = OpsetChoice.supportedML
            throw ValidationError(
                "opset \(mlOpset) of ai.onnx.ml cannot be written, expected \(range.lowerBound) to \(range.upperBound)"
            )
        }
        _ = try chosenOutputs()
    }

    private func chosenOutputs() throws -> [ModelOutput]? {
        try outputs?.split(separator: ",", omittingEmptySubsequences: false).map { name in
            guard let output = ModelOutput(rawValue: String(name)) else {
                let names = ModelOutput.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw ValidationError("unknown output `\(name)`, expected some of \(names)")
            }
            return output
        }
    }

    private func verification(of imported: ImportedModel) throws -> Verification? {
        var examples: [String] = []
        if verifyExample {
            guard let file = imported.report.mlflow?.exampleFile else {
                throw ValidationError("`--verify-example` needs a model directory of MLflow with an example")
            }
            examples.append("\(model)/\(file)")
        }
        guard !verify.isEmpty || !examples.isEmpty else { return nil }
        return try Verification(imported, arguments: verify, examples: examples)
    }

    func run() throws {
        guard !isSameFile(model, output) else {
            throw ValidationError("`--output` is the saved model `\(model)`, expected another file")
        }
        var options = ImportOptions()
        options.opsets = OpsetChoice(onnx: opset, onnxML: mlOpset) ?? .default
        options.usesZipMap = usesZipMap
        options.outputs = try chosenOutputs()
        options.usesDoublePrecision = precision == .double
        var progress = ProgressLine()
        defer { progress.finish() }
        var imported = try importModel(path: model, options: options) { phase in
            switch phase {
            case .reading: progress.show("reading \(model)")
            case .converting: progress.show("converting \(model)")
            }
        }
        imported = try imported.withReference(reference)
        let verification = try verification(of: imported)
        progress.show("writing \(output)")
        try writeModel(imported.model, path: output)
        progress.finish()
        for warning in imported.report.warnings { standardError("warning: `\(model)`: \(warning)") }
        if printsJSON {
            var report = imported.json(output: output)
            if let verification { report["verification"] = try verification.json() }
            print(String(decoding: JSONValue.object(report).serialized(.pretty), as: UTF8.self))
        } else {
            standardError(imported.text(output: output))
            if let verification { print(try verification.text()) }
        }
    }
}

extension ImportedModel {
    fileprivate func text(output: String) -> String {
        let graph = model.graph
        let signature = [(" in ", graph.inputs), (" out", graph.outputs)].flatMap { label, values in
            values.map { "\(label) \($0.name): \($0.type?.description ?? "?")" }
        }
        return (["\(model.docString) -> `\(output)`"] + signature).joined(separator: "\n")
    }

    fileprivate func json(output: String) -> JSONObject {
        func values(_ values: [ValueInfo]) -> JSONValue {
            .array(values.map { ["name": .string($0.name), "type": .string($0.type?.description ?? "?")] })
        }
        let opsets = model.opsetImports.map { ($0.domain.description, JSONValue.number(JSONNumber($0.version))) }
        return [
            "output": .string(output),
            "opsets": .object(JSONObject(opsets)),
            "inputs": values(model.graph.inputs),
            "outputs": values(model.graph.outputs),
            "report": report.json,
        ]
    }
}
