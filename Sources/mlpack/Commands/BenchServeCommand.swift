import ArgumentParser
import Diagnostics
import Files
import InferenceEngine
import JSON
import LoadGenerator
import OnnxIR
import ServingClient
import ServingCore
import Tensors

struct BenchServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Put load on a server, and measure what its clients see.",
        discussion: """
            With --rate or --rates requests arrive at a rate, whether or not those before them are answered, and a time \
            runs from when its request was to be sent: what waits for a slow server counts (no coordinated omission). \
            Otherwise --concurrency clients each send again when they are answered. The request is made of a file, as \
            for `mlpack predict`, or of random values; of extents that the model leaves open, those that no --shape \
            gives are 1. The server is spoken to in HTTP/1.1, or in gRPC at `grpc://host:8001`; at `https://` and `grpcs://` \
            over TLS, whose work is then done on both ends.

            EXAMPLES:
              mlpack bench serve http://localhost:8000/v2/models/iris --rates 1000,2000,4000
              mlpack bench serve grpc://localhost:8001 --model iris --concurrency 16 --json
            """
    )

    @OptionGroup var question: QuestionArguments

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp("The shape of an input's random values; once for each input.", valueName: "name=1x3x224x224")
    )
    var shape: [String] = []

    @OptionGroup var load: LoadArguments

    @Option(
        help: ArgumentHelp(
            "Write the distribution of times, of the last rate, as HdrHistogram's text.",
            valueName: "file.hgrm"
        ),
        completion: .file()
    )
    var histogram: String?

    @Flag(help: "Print the figures as JSON.")
    var json = false

    func run() throws {
        let shapes = try shape.map { text throws(BenchError) in try ShapeArgument(text) }
        let target = try question.target()
        let metadata = try target.metadata()
        var samples = SampleInputs(limits: InferenceLimits())
        var call = try target.call(inputs: [], form: question.form)
        let given = try PredictInput(
            path: question.file,
            values: question.input,
            model: metadata,
            columns: []
        )
        call.inputs = given.inputs
        call.outputs = given.outputs
        let declared = PredictInput.declared(metadata)
        let fed = Dictionary(given.inputs.map { ($0.name, Value.tensor($0.tensor)) }) { first, _ in first }
        let values = try samples.values(
            completing: fed,
            for: declared,
            required: Set(declared.map(\.name)),
            shapes: shapes
        )
        for value in declared where fed[value.name] == nil {
            guard let tensor = values[value.name]?.tensor else { continue }
            call.inputs.append(NamedTensor(name: value.name, tensor: tensor))
        }
        try metadata.check(call.inputs)
        // What is wrong with the request is said once, and not counted a million times.
        _ = try target.client.infer(call)
        try measure(
            try LoadTarget(target.address, call, question.client.options),
            isGRPC: target.address.transport == .grpc
        )
    }

    private func measure(_ target: LoadTarget, isGRPC: Bool) throws {
        var results: [LoadResult] = []
        let plans = load.plans(isGRPC: isGRPC, timeout: question.client.options.timeout)
        var progress = ProgressLine()
        for plan in plans {
            let total = plan.warmUp + plan.duration
            results.append(LoadRun(target, plan).run { progress.show("measuring", min($0, total), of: total) })
        }
        progress.finish()
        if let histogram, let last = results.last {
            try writeFile(histogram, Array(last.latencies.percentileText.utf8))
        }
        if json { printJSON(.array(results.map(\.json))) } else { print(LoadResult.table(results)) }
        if results.contains(where: { $0.errorCount > 0 && $0.latencies.totalCount == 0 }) {
            throw ExitCode(ProcessExit.notPossible.rawValue)
        }
    }
}
