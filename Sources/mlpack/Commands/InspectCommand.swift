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
        let read = try readModel(path: model)
        let byteCount = try locating(.file(model)) { () throws(OnnxReaderError) in try mapFile(model).bytes.count }
        let summary = ModelSummary(read, path: model, fileByteCount: byteCount)
        if json { printJSON(summary.json) } else { print(summary.text(limit: all ? .max : 20)) }
    }
}
