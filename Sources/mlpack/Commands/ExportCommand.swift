import ArgumentParser
import Diagnostics
import Importers
import JSON
import ModelImport
import OnnxBuilder
import OnnxIR
import OnnxProtobuf

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Turn a saved model into ONNX.",
        discussion: """
            Reads estimators of scikit-learn saved with pickle or joblib (any protocol, any compression), models of \
            CatBoost saved as JSON, cbm or pickle, boosters of LightGBM saved as text, JSON or pickle, and boosters of \
            XGBoost saved as JSON, UBJSON or pickle; the content decides, not the name. No Python is needed, and nothing \
            that a pickle asks for is executed.

            The model takes one matrix `X` [batch, features], or with categories of CatBoost an input for each column, \
            and gives `label` and `probabilities`, `prediction` or `transformed`. What is not supported is refused by name \
            with exit code 3; then no file is written.

            For example:

              mlpack export --onnx model.joblib -o model.onnx
            """
    )

    @Flag(name: .customLong("onnx"), help: "Export to ONNX, which is the only format so far.")
    var exportsOnnx = false

    @Argument(help: "The saved model.", completion: .file())
    var model: String

    @Option(name: .shortAndLong, help: "The file to write.", completion: .file(extensions: ["onnx"]))
    var output: String

    @Option(help: "The opset of ai.onnx: 13 to 22.")
    var opset: Int64 = OpsetChoice.default.onnx

    @Flag(name: .customLong("zipmap"), help: "Give probabilities as a sequence of maps from label to probability.")
    var usesZipMap = false

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
    }

    func run() throws {
        var options = ImportOptions()
        options.opsets = OpsetChoice(onnx: opset) ?? .default
        options.usesZipMap = usesZipMap
        let imported = try importModel(path: model, options: options)
        try writeModel(imported.model, path: output)
        for warning in imported.report.warnings { standardError("warning: `\(model)`: \(warning)") }
        if printsJSON {
            print(String(decoding: imported.json(output: output).serialized(.pretty), as: UTF8.self))
        } else {
            standardError(imported.text(output: output))
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

    fileprivate func json(output: String) -> JSONValue {
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
