import ArgumentParser
import Diagnostics
import InferenceEngine
import JSON
import OnnxIR
import OnnxProtobuf
import OnnxReader
import Quantization
import TensorFiles

struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Write an ONNX model with numbers of 8 bits.",
        discussion: """
            Products and convolutions with constant weights get QuantizeLinear and DequantizeLinear around them (QDQ), \
            which every ONNX runtime reads: activations as uint8 in the range that they have on the calibration data, \
            weights as int8 with a scale for each output channel. All else stays in floats. On processors without \
            VNNI some runtimes, ONNX Runtime among them, lose sums of large weights; `--reduce-range` is for them.

            The calibration data are rows for the model's inputs, as `mlpack run` reads them; some hundreds of typical \
            ones are enough. The report compares the quantised model with the float model on the same rows: the whole \
            at its outputs, and each layer by itself, which shows what to leave out with `--exclude`.

            EXAMPLES:
              mlpack quantize model.onnx --calibrate data.npz -o model.int8.onnx
              mlpack quantize model.onnx --calibrate data.npz -o model.int8.onnx --percentile 99.99 --exclude /fc/Gemm
            """
    )

    @Argument(help: "The model: an ONNX file.", completion: .file(extensions: ["onnx"]))
    var model: String

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp(
            "A file with rows, as for `--input` of `mlpack run`; further ones for other inputs or more rows.",
            valueName: "name=path"
        ),
        completion: .file()
    )
    var calibrate: [String] = []

    @Option(name: .shortAndLong, help: "The file to write.", completion: .file(extensions: ["onnx"]))
    var output: String

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp("A node that stays in floats; once for each.", valueName: "node")
    )
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "What is quantised, of Conv, Gather, Gemm and MatMul (default: all).",
            valueName: "name,name"
        )
    )
    var operators: String?

    @Option(help: ArgumentHelp("Percent of an activation that its range holds.", valueName: "percent"))
    var percentile = 100.0

    @Flag(help: "Weights of 7 bits, for runtimes whose sums saturate on processors without VNNI.")
    var reduceRange = false

    @OptionGroup var limits: RunLimits

    @Flag(help: "Print the report as one JSON object.")
    var json = false

    func validate() throws {
        guard !calibrate.isEmpty else {
            throw ValidationError("there is nothing to calibrate with, expected `--calibrate data.npz`")
        }
        guard percentile > 50, percentile <= 100 else {
            throw ValidationError("`--percentile` is \(percentile), expected more than 50 and at most 100")
        }
        _ = try kinds()
    }

    func run() throws {
        var engine = InferenceOptions.command()
        engine.apply(limits)
        var options = QuantizationOptions()
        options.operators = try kinds()
        options.excluded = Set(exclude)
        options.percentile = percentile
        options.reducesRange = reduceRange

        let read = try readModel(path: model)
        let sets = try calibrationSets(for: read.graph.inputs)
        let result = try locating(.file(model)) { () throws(QuantizationError) in
            let calibration = try Calibration(sets, for: read.graph.inputs)
            var line = ProgressLine()
            defer { line.finish() }
            return try quantize(read, with: calibration, options, engine: engine) { stage, done, count in
                line.show(Self.words[stage] ?? stage.rawValue, done, of: count)
            }
        }
        try writeModel(result.model, path: output)
        if json {
            print(String(decoding: result.report.json.serialized(.pretty), as: UTF8.self))
        } else {
            print(result.report.text)
            standardError("`\(model)` -> `\(output)`")
        }
    }

    private static let words: [QuantizationStage: String] = [
        .ranges: "calibrating", .histograms: "counting", .comparison: "comparing",
    ]

    private func kinds() throws -> Set<LayerKind> {
        guard let operators else { return Set(LayerKind.allCases) }
        var kinds: Set<LayerKind> = []
        for name in operators.split(separator: ",") {
            guard let kind = LayerKind(rawValue: String(name)) else {
                let known = LayerKind.allCases.map(\.rawValue)
                let hint = suggestion(for: String(name), among: known).map { ", did you mean `\($0)`?" } ?? ""
                throw ValidationError(
                    "`--operators` has `\(name)`, expected some of \(known.joined(separator: ", "))\(hint)"
                )
            }
            kinds.insert(kind)
        }
        return kinds
    }

    /// The files in the order given; one for an input that has a value already starts the next set.
    private func calibrationSets(for inputs: [ValueInfo]) throws -> [[String: Value]] {
        var sets: [[String: Value]] = [[:]]
        for argument in calibrate {
            let values = try readInputs([argument], for: inputs, option: "--calibrate")
            if values.keys.contains(where: { sets[sets.count - 1][$0] != nil }) { sets.append([:]) }
            sets[sets.count - 1].merge(values) { _, new in new }
        }
        return sets
    }
}
