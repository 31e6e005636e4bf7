import ArgumentParser
import Diagnostics
import InferenceEngine
import OnnxIR
import OnnxReader
import TensorFiles
import Tensors

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast an ONNX model runs, or how a server answers under load.",
        discussion: """
            `mlpack bench MODEL` measures a model in this process, `mlpack bench serve URL` a server.
            """,
        subcommands: [BenchModelCommand.self, BenchServeCommand.self],
        defaultSubcommand: BenchModelCommand.self
    )
}

struct BenchModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Measure how fast an ONNX model runs (the default).",
        discussion: """
            The model is loaded and run for the duration, after a first run and a tenth of the duration that do not \
            count. Inputs without a file are random values of their type, the same each time; of dimensions without a \
            number, those that no `--shape` gives are 1. An item is what the first dimension of the first input counts.

            EXAMPLES:
              mlpack bench resnet50.onnx --shape x=8x3x224x224 --threads 1
              mlpack bench encoder.onnx --input data.npz --duration 10 --json
            """
    )

    @Argument(help: "The model: an ONNX file.", completion: .file(extensions: ["onnx"]))
    var model: String

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp("A file with a value, as for `mlpack run`; once for each file.", valueName: "name=path"),
        completion: .file()
    )
    var input: [String] = []

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp("The shape of an input's random values; once for each input.", valueName: "name=1x3x224x224")
    )
    var shape: [String] = []

    @OptionGroup var limits: RunLimits

    @Option(help: "The instruction set of the kernels, in place of the widest that the processor has.")
    var instructions: InstructionSet?

    @Option(help: "What products with constant weights are computed in.")
    var precision = Precision.fp32

    @Option(
        help: ArgumentHelp("Measure for so long (default: 3; with --runs, until they are done).", valueName: "seconds")
    )
    var duration: Double?

    @Option(help: ArgumentHelp("Measure at most so many runs (default: 10000000).", valueName: "count"))
    var runs: Int?

    @Flag(help: "Print the figures as one JSON object.")
    var json = false

    func validate() throws {
        if let runs, runs < 1 { throw ValidationError("`--runs` is \(runs), expected 1 or more") }
        if let runs, runs > 10_000_000 { throw ValidationError("`--runs` is \(runs), expected at most 10000000") }
        guard duration.map({ $0 > 0 && $0 <= 86_400 }) ?? true else {
            throw ValidationError("`--duration` is \(duration ?? 0), expected more than 0 and at most 86400")
        }
    }

    func run() throws {
        let shapes = try shape.map { text throws(BenchError) in try ShapeArgument(text) }
        var options = InferenceOptions.command()
        options.apply(limits)
        options.precision = precision
        try options.useInstructions(instructions)

        let started = monotonicNanoseconds()
        let read = try readModel(path: model)
        let session = try placed { () throws(EngineError) in try InferenceSession(read, options: options) }
        let load = monotonicNanoseconds() - started

        var samples = SampleInputs(limits: options.limits)
        let values = try samples.values(
            completing: try readInputs(input, for: read.graph.inputs),
            for: read.graph.inputs,
            required: Set(session.inputs.map(\.name)),
            shapes: shapes
        )
        let seconds = duration ?? (runs == nil ? 3 : 86_400)
        let bench = Bench(duration: Int(seconds * 1e9), runLimit: runs ?? 10_000_000)
        let times = try placed { () throws(EngineError) in try bench.measure(session, values) }
        let first = read.graph.inputs.lazy.compactMap { values[$0.name] }.first?.tensor
        let report = BenchReport(
            model: model,
            threadCount: options.threadCount ?? InferenceOptions.usableProcessorCount,
            precision: precision.rawValue,
            load: load,
            times: times,
            itemCount: first?.shape.dimensions.first ?? 1,
            arenaByteCount: session.arenaByteCount
        )
        if json { printJSON(report.json) } else { print(report.text) }
    }

    private func placed<Result>(_ body: () throws(EngineError) -> Result) throws(EngineError) -> Result {
        try locating(.file(model), body)
    }
}
