import Diagnostics
import Glibc
package import InferenceEngine
import Scheduling
package import ServingCore
package import ServingHTTP
package import ServingTransport

/// What a server is told on its command line.
package struct ServeConfiguration: Sendable {
    /// The model files and folders to serve.
    package var paths: [String] = []
    package var host = "0.0.0.0"
    package var httpPort = ServePort.number(8000)
    /// `nil` for 8001, or for a free one when that of HTTP is.
    package var grpcPort: ServePort?
    /// `nil` for 8002, or for a free one when that of HTTP is.
    package var metricsPort: ServePort?
    package var modelControl = ModelCatalog.Control.atStart
    /// The seconds from one look at the files of models to the next, where models follow them.
    package var pollInterval = 10
    package var printsJSON = false
    /// What a model may demand of the machine for one request.
    package var inferenceLimits = InferenceLimits()
    package var precision = Precision.fp32
    package var limits = ServerLimits()
    package var security = ServeSecurity()
    package var observation = ObservationConfiguration()
    /// The paths that Vertex AI gives.
    package var vertexPaths = VertexPaths()

    /// A configuration with every default.
    package init() { limits.work.runCount = max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN)))) }

    /// The configuration that the words of a command line ask for, and before them variables of the environment.
    ///
    /// *Throws*: `usage` for an unknown option, a value out of range, and no path.
    package init(
        arguments: [String],
        environment: (String) -> String? = { _ in nil }
    ) throws(ServerError) {
        self.init()
        let isOfCloud = arguments.first == "serve"
        if isOfCloud { httpPort = .number(8080) }
        try apply(environment)
        var rest = isOfCloud ? arguments[1...] : arguments[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                paths.append(word)
                continue
            }
            guard word != "--" else {
                paths += rest
                break
            }
            try read(word, &rest)
        }
        guard [httpPort, port(grpcPort, 8001)].contains(where: { $0 != .off }) else {
            throw ServerError(.usage, "the ports of HTTP and gRPC are 0, expected one that is not")
        }
        if isOfCloud, paths.isEmpty { paths = [cloudModelPath()] }
        _ = try security.tlsFiles()
        guard !paths.isEmpty else {
            throw ServerError(.usage, "no model is named, expected the path of an ONNX file or of a folder of models")
        }
    }

    /// Reads an option and its value, which may stand in the next word.
    private mutating func read(_ word: String, _ rest: inout ArraySlice<String>) throws(ServerError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.first ?? word
        guard let option = serveOptions.first(where: { $0.name == name }) else {
            throw ServerError(
                .usage,
                "unknown option `\(name)`",
                hint: suggestion(for: name, among: serveOptions.map(\.name)).map { "did you mean `\($0)`?" }
            )
        }
        var value = parts.count > 1 ? parts[1] : nil
        if option.value == nil {
            guard value == nil else { throw ServerError(.usage, "`\(name)` takes no value") }
        } else {
            value = value ?? rest.popFirst()
            guard value != nil else {
                throw ServerError(.usage, "`\(name)` has no value, expected `\(option.value ?? "")`")
            }
        }
        try option.apply(value ?? "", &self)
    }
}

extension ServeConfiguration {
    /// A port that may not be named.
    func port(_ named: ServePort?, _ number: Int) -> ServePort {
        named ?? (httpPort == .free ? .free : .number(number))
    }
}

/// A port as the command line has it.
package enum ServePort: Sendable, Hashable {
    /// No port: `0`.
    case off
    /// A port that is free: `auto`.
    case free
    case number(Int)

    /// The number to listen on, 0 for a free one; `nil` for no port.
    var number: Int? {
        switch self {
        case .off: nil
        case .free: 0
        case .number(let number): number
        }
    }

    init?(_ text: String) {
        if text == "auto" {
            self = .free
        } else if let number = Int(text), 0...65535 ~= number {
            self = number == 0 ? .off : .number(number)
        } else {
            return nil
        }
    }
}

/// The help of the server's command line.
///
/// *Parameter* program: the words that start it, `mlpack-serve` or `mlpack serve`.
package func serveHelp(program: String) -> String {
    let rows =
        serveOptions.map { option in
            (
                "\(option.name)\(option.value.map { " \($0)" } ?? "")",
                option.help + (option.defaultText.map { " (default: \($0))" } ?? "")
            )
        } + [("--version", "Show the version."), ("-h, --help", "Show this help.")]
    let width = rows.map(\.0.count).max() ?? 0
    let table = rows.map { name, help in
        "  " + name + String(repeating: " ", count: width - name.count + 2) + help
    }
    return """
        OVERVIEW: Serve ONNX models over the Open Inference Protocol v2 (HTTP and gRPC).

        USAGE: \(program) PATH... [OPTIONS]
               \(program) probe [--insecure | --ca FILE] [--certificate FILE --key FILE] [URL]
               \(program) serve [PATH...] [OPTIONS]

        ARGUMENTS:
          PATH  A model, `iris.onnx`, served under its name; a folder of versions, `iris/1/model.onnx`;
                or a folder of models.
                Behind the word `serve`, as SageMaker starts containers: \(cloudModelPaths.joined(separator: " or ")),
                and the port 8080.
          URL   What `probe` asks, by default http://127.0.0.1:8000/v2/health/ready; it exits 0 when the answer is 200.
                Of https, the server's certificate is held against the system's authorities, those of --ca, or nothing.

        OPTIONS:
        \(table.joined(separator: "\n"))

        SIGTERM and SIGINT end the server when the requests that have begun are answered. SIGHUP has it read certificates
        and keys anew and look at the files of models, SIGUSR1 opens the access log anew.
        """
}
