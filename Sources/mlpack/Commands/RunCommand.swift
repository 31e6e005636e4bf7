import ArgumentParser
import Diagnostics
import Files
import InferenceEngine
import JSON
import OnnxIR
import OnnxReader
import TensorFiles

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run an ONNX model on values from files.",
        discussion: """
            An input is a file in npy, npz, JSON, CSV or ONNX .pb form; the form is told by the content. \
            `--input X=x.npy` names the input, `--input X=data.npz:train` an array of the file. Without a name, an npz \
            file, a JSON object and a CSV file with a header feed inputs by the names in them, and any other file \
            feeds the only input that the model has. `-` is standard input.

            EXAMPLES:
              mlpack run iris.onnx --input X=x.npy
              echo '[[5.1, 3.5, 1.4, 0.2]]' | mlpack run iris.onnx --input X=- --json
            """
    )

    /// What `--compare` holds the optimised run against.
    enum Comparison: String, ExpressibleByArgument, CaseIterable {
        case reference
    }

    @Argument(help: "The model: an ONNX file.", completion: .file(extensions: ["onnx"]))
    var model: String

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp("A file with a value; once for each file.", valueName: "name=path"),
        completion: .file()
    )
    var input: [String] = []

    @Option(help: ArgumentHelp("Write the outputs to an npz file.", valueName: "out.npz"), completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("Compute these outputs only, separated by commas.", valueName: "names"))
    var outputs: String?

    @Flag(help: "Print the outputs as one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Trips that the loops may take (default: 10000000).", valueName: "count"))
    var maxTrips: Int?

    @Flag(help: "Run operator by operator, without optimising.")
    var reference = false

    @Flag(help: "Print the time of each step in place of the outputs, of the fastest of several runs.")
    var profile = false

    @Option(
        help: ArgumentHelp("With --profile, write the times as a trace that Perfetto opens.", valueName: "trace.json"),
        completion: .file()
    )
    var trace: String?

    @OptionGroup var limits: RunLimits

    @Option(help: "The instruction set of the kernels, in place of the widest that the processor has.")
    var instructions: InstructionSet?

    @Option(help: "What products with constant weights are computed in.")
    var precision = Precision.fp32

    @Option(help: "Run both ways and compare: each output's greatest difference, and exit code 1 where they disagree.")
    var compare: Comparison?

    func validate() throws {
        if reference, compare != nil {
            throw ValidationError("`--reference` and `--compare` exclude each other")
        }
        if output != nil, compare != nil {
            throw ValidationError("`--output` and `--compare` exclude each other")
        }
        if let maxTrips, maxTrips < 1 { throw ValidationError("`--max-trips` is \(maxTrips), expected 1 or more") }
        if trace != nil, !profile { throw ValidationError("`--trace` needs `--profile`") }
        if profile, json || output != nil || compare != nil {
            throw ValidationError("`--profile` excludes `--json`, `--output` and `--compare`")
        }
        if json, output != nil {
            throw ValidationError("`--json` and `--output` exclude each other")
        }
    }

    func run() throws {
        let read = try readModel(path: model)
        let paths = try [model] + inputPaths(input, for: read.graph.inputs)
        if let output, let path = paths.first(where: { isSameFile($0, output) }) {
            throw ValidationError("`--output` is `\(path)`, which is read, expected another file")
        }
        let session = try session(read, try options(optimised: !reference))
        let values = try readInputs(input, for: read.graph.inputs)
        let names = outputs.map { $0.split(separator: ",").map(String.init) } ?? session.outputs.map(\.name)
        if profile { return try printProfile(session, values, names) }
        let results = try placed { () throws(EngineError) in try session.run(values, outputs: names) }
        if compare != nil {
            let reference = try self.session(read, try options(optimised: false))
            let expected = try placed { () throws(EngineError) in try reference.run(values, outputs: names) }
            let comparison = try OutputComparison(results, expected, names: names)
            if json { printJSON(comparison.json) } else { print(comparison.text) }
            guard comparison.agrees else { throw ExitCode(ProcessExit.notPossible.rawValue) }
        } else if let output {
            try writeOutputs(results, names: names, path: output)
        } else if json {
            printJSON(try TensorFiles.json(of: results, names: names), .compact)
        } else {
            print(try outputTable(results, names: names))
        }
    }

    private func printProfile(_ session: InferenceSession, _ values: [String: Value], _ names: [String]) throws {
        var fastest: [RunProfile.Event] = []
        var least = UInt64.max
        for _ in 0..<10 {
            let profile = RunProfile()
            _ = try placed { () throws(EngineError) in
                try session.run(values, outputs: names, profile: profile)
            }
            guard let first = profile.events.first, let last = profile.events.last else { continue }
            guard last.end - first.start < least else { continue }
            (least, fastest) = (last.end - first.start, profile.events)
        }
        if let trace { try writeFile(trace, ProfileTrace(events: fastest).json.serialized(.compact)) }
        print(ProfileTable(fastest).text)
    }

    private func options(optimised: Bool) throws -> InferenceOptions {
        var options = InferenceOptions.command(optimised: optimised)
        options.apply(limits)
        try options.useInstructions(instructions)
        options.precision = precision
        if let maxTrips { options.limits.loopTripCount = maxTrips }
        return options
    }

    private func session(_ model: Model, _ options: InferenceOptions) throws(EngineError) -> InferenceSession {
        try placed { () throws(EngineError) in try InferenceSession(model, options: options) }
    }

    private func placed<Result>(_ body: () throws(EngineError) -> Result) throws(EngineError) -> Result {
        try locating(.file(model), body)
    }
}
