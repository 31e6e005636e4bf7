import ArgumentParser
import Diagnostics
import OnnxChecker
import OnnxReader
import Tensors

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what is in an ONNX model.",
        discussion: """
            Inputs, outputs and their types, opsets, producer, metadata, operators and how often they stand in the \
            model, initializers, nodes, number of parameters and size.
            """
    )

    @Argument(help: "The model: an ONNX file.", completion: .file(extensions: ["onnx"]))
    var model: String

    @Flag(help: "Print the summary as JSON, with every node and initializer.")
    var json = false

    @Flag(help: "List every node and initializer, not the first 20.")
    var all = false

    func run() throws {
        let summary = try locating(.file(model)) { () throws(OnnxReaderError) in
            let file = try mapFile(model)
            let folder = model.lastIndex(of: "/").map { String(model[...$0]) } ?? "."
            return ModelSummary(try readModel(file, folder: folder), path: model, file: file)
        }
        if json { printJSON(summary.json) } else { print(summary.text(limit: all ? .max : 20)) }
    }
}
