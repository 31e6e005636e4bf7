import Diagnostics
import ServingTransport

/// What is noted of requests, and where it goes.
package struct ObservationConfiguration: Sendable, Hashable {
    /// Where a line of each request goes; `-` is standard output, `nil` nowhere.
    package var accessLog: String?
    /// The URL of a collector of traces.
    package var otlpEndpoint: String?
    /// The part of the traces that are recorded where the client says nothing of it, 0 to 1.
    package var traceRate = 1.0
    /// Where some of the requests and answers are kept.
    package var samplesPath: String?
    /// The part of them that is kept, 0 to 1.
    package var sampleRate = 0.01
    /// The most bytes that they take.
    package var sampleByteCount = 64 << 20

    /// Nothing is noted.
    package init() {}
}

/// The options of what is noted of requests.
let observationOptions: [ServeOption] = [
    ServeOption(
        "--access-log",
        value: "PATH",
        default: "none",
        "File for a line of JSON for each request; - is standard output."
    ) { $1.observation.accessLog = $0 },
    ServeOption(
        "--otlp-endpoint",
        value: "URL",
        default: "OTEL_EXPORTER_OTLP_ENDPOINT",
        "Collector of OpenTelemetry, http://host:4318."
    ) { $1.observation.otlpEndpoint = $0 },
    ServeOption(
        "--trace-rate",
        value: "PART",
        default: "1",
        "Part of the traces to record where clients do not say, 0 to 1."
    ) { text, configuration throws(ServerError) in
        configuration.observation.traceRate = try part("--trace-rate", text)
    },
    ServeOption(
        "--sample-payloads",
        value: "PATH",
        default: "none",
        "File for some requests and answers as lines of JSON."
    ) { $1.observation.samplesPath = $0 },
    ServeOption(
        "--sample-rate",
        value: "PART",
        default: "0.01",
        "Part of the requests to keep there, 0 to 1."
    ) { text, configuration throws(ServerError) in
        configuration.observation.sampleRate = try part("--sample-rate", text)
    },
    ServeOption(
        "--sample-bytes",
        value: "BYTES",
        in: 4096...(1 << 50),
        default: "67108864",
        "Most bytes of that file and the one before it."
    ) { $1.observation.sampleByteCount = $0 },
]

private func part(_ name: String, _ text: String) throws(ServerError) -> Double {
    guard let part = Double(text), 0...1 ~= part else {
        throw ServerError(.usage, "`\(name)` is out of range, expected 0 to 1, got `\(text)`")
    }
    return part
}
