import Diagnostics
import InferenceEngine
import JSON
import ModelImport
import OnnxIR
import TensorFiles

/// What an exported model gives for rows of a file.
struct Verification {
    private let names: [String]
    private let values: [String: Value]

    /// Runs a model in the engine.
    ///
    /// *Parameter* arguments: files as `mlpack run --input` takes them.
    /// *Parameter* examples: files of rows as MLflow saves them.
    init(_ imported: ImportedModel, arguments: [String], examples: [String] = []) throws {
        let session = try InferenceSession(imported.model, options: .command())
        let columns = imported.report.featureNames ?? []
        let inputs = imported.model.graph.inputs
        var rows = try readInputs(arguments, for: inputs, option: "--verify", columns: columns)
        for example in examples {
            rows.merge(try readExample(example, for: inputs, columns: columns)) { _, last in last }
        }
        names = session.outputs.map(\.name)
        values = try session.run(rows, outputs: names)
    }

    func text() throws -> String { try outputTable(values, names: names) }

    func json() throws -> JSONValue { try TensorFiles.json(of: values, names: names) }
}
