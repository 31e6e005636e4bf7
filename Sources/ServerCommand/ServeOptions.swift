import Diagnostics
import Glibc
import InferenceEngine
import NIOCore
import Scheduling
import ServingCore
import ServingTransport

/// An option of the server's command line; the table of them drives parsing and help.
package struct ServeOption: Sendable {
    /// The name with its dashes: `--host`.
    package let name: String
    /// What stands for the value in help; `nil` for a flag.
    package let value: String?
    /// What holds without the option, as help prints it.
    package let defaultText: String?
    package let help: String
    let apply: @Sendable (String, inout ServeConfiguration) throws(ServerError) -> Void

    init(
        _ name: String,
        value: String? = nil,
        default defaultText: String? = nil,
        _ help: String,
        apply: @escaping @Sendable (String, inout ServeConfiguration) throws(ServerError) -> Void
    ) {
        self.name = name
        self.value = value
        self.defaultText = defaultText
        self.help = help
        self.apply = apply
    }

    /// An option whose value is a port.
    init(
        _ name: String,
        _ defaultText: String,
        _ protocolName: String,
        set: @escaping @Sendable (ServePort, inout ServeConfiguration) -> Void
    ) {
        let help = "Port for \(protocolName); auto takes a free one, 0 none."
        self.init(name, value: "PORT", default: defaultText, help) { text, configuration throws(ServerError) in
            guard let port = ServePort(text) else {
                throw ServerError(.usage, "`\(name)` is out of range, expected 0 to 65535 or `auto`, got `\(text)`")
            }
            set(port, &configuration)
        }
    }

    /// An option whose value is a whole number in a range.
    init(
        _ name: String,
        value: String,
        in range: ClosedRange<Int>,
        default defaultText: String,
        _ help: String,
        set: @escaping @Sendable (Int, inout ServeConfiguration) -> Void
    ) {
        self.init(name, value: value, default: defaultText, help) { text, configuration throws(ServerError) in
            guard let number = Int(text), range.contains(number) else {
                throw ServerError(
                    .usage,
                    "`\(name)` is out of range, expected \(range.lowerBound) to \(range.upperBound), got `\(text)`"
                )
            }
            set(number, &configuration)
        }
    }
}

/// The options of `mlpack-serve` and `mlpack serve`, as help lists them.
package let serveOptions: [ServeOption] = serverOptions + securityOptions + observationOptions

private let serverOptions: [ServeOption] = [
    ServeOption("--host", value: "ADDRESS", default: "0.0.0.0", "Address to listen on, in numbers; or localhost.") {
        $1.host = $0
    },
    ServeOption("--http-port", "8000", "HTTP/1.1 and HTTP/2") { $1.httpPort = $0 },
    ServeOption("--grpc-port", "8001", "gRPC") { $1.grpcPort = $0 },
    ServeOption("--metrics-port", "8002", "Prometheus' /metrics") { $1.metricsPort = $0 },
    ServeOption(
        "--model-control",
        value: "MODE",
        default: "none",
        "Later loads: none, explicit (by clients), poll or watch (of files)."
    ) { text, configuration throws(ServerError) in
        guard let control = ModelCatalog.Control(rawValue: text) else {
            let known = ModelCatalog.Control.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw ServerError(.usage, "`--model-control` is unknown, expected one of \(known), got `\(text)`")
        }
        configuration.modelControl = control
    },
    ServeOption(
        "--poll-interval",
        value: "SECONDS",
        in: 1...86400,
        default: "10",
        "How often poll and watch look at the files."
    ) { $1.pollInterval = $0 },
    ServeOption("--json", "Print the ready line as JSON.") { $1.printsJSON = true },
    ServeOption(
        "--precision",
        value: "fp32|bf16|int8",
        default: "fp32",
        "What products with constant weights are computed in."
    ) { text, configuration throws(ServerError) in
        guard let precision = Precision(rawValue: text) else {
            let known = Precision.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw ServerError(.usage, "`--precision` is unknown, expected one of \(known), got `\(text)`")
        }
        configuration.precision = precision
    },
    ServeOption(
        "--threads",
        value: "COUNT",
        in: 1...1024,
        default: "one per core",
        "Requests that are computed at a time."
    ) { $1.limits.work.runCount = $0 },
    ServeOption(
        "--queue",
        value: "COUNT",
        in: 0...1_000_000,
        default: "256",
        "Requests that may wait for a thread; more are answered 503."
    ) { $1.limits.work.waitingCount = $0 },
    ServeOption(
        "--max-wait",
        value: "MILLISECONDS",
        default: "auto",
        "Longest wait for a thread, auto or none; others are answered 503."
    ) { text, configuration throws(ServerError) in
        configuration.limits.work.wait = try waitLimit(text)
    },
    ServeOption(
        "--max-body",
        value: "BYTES",
        in: 1...(1 << 31),
        default: "67108864",
        "Longest body of a request."
    ) { $1.limits.bodyByteCount = $0 },
    ServeOption(
        "--max-memory",
        value: "BYTES",
        in: 1...(1 << 50),
        default: "8589934592",
        "Memory that a request's values may take."
    ) { $1.inferenceLimits.boundMemory(to: $0) },
    ServeOption(
        "--max-trips",
        value: "COUNT",
        in: 1...(1 << 50),
        default: "10000000",
        "Trips that a model's loops may take for one request."
    ) { $1.inferenceLimits.loopTripCount = $0 },
    ServeOption(
        "--max-connections",
        value: "COUNT",
        in: 1...1_000_000,
        default: "4096",
        "Connections open at a time."
    ) { $1.limits.connectionCount = $0 },
    ServeOption(
        "--idle-timeout",
        value: "SECONDS",
        in: 1...86400,
        default: "60",
        "How long a connection may be silent between requests."
    ) { $1.limits.idleTimeout = .seconds(Int64($0)) },
    ServeOption(
        "--receive-timeout",
        value: "SECONDS",
        in: 1...86400,
        default: "60",
        "How long a body may take to arrive."
    ) { $1.limits.receiveTimeout = .seconds(Int64($0)) },
    ServeOption(
        "--send-timeout",
        value: "SECONDS",
        in: 1...86400,
        default: "60",
        "How long a client may take to accept an answer."
    ) { $1.limits.sendTimeout = .seconds(Int64($0)) },
    ServeOption(
        "--drain-timeout",
        value: "SECONDS",
        in: 0...86400,
        default: "30",
        "How long requests may go on after SIGTERM."
    ) { $1.limits.drainTimeout = .seconds(Int64($0)) },
]

private func waitLimit(_ text: String) throws(ServerError) -> WaitLimit {
    switch text {
    case "auto": return .adaptive
    case "none": return .none
    default:
        guard let milliseconds = Int(text), 1...3_600_000 ~= milliseconds else {
            throw ServerError(
                .usage,
                "`--max-wait` is out of range, expected 1 to 3600000, `auto` or `none`, got `\(text)`"
            )
        }
        return .fixed(milliseconds * 1_000_000)
    }
}
