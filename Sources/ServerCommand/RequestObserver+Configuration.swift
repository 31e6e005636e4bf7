import Diagnostics
import Glibc
import ServingCore
import ServingObservation
import ServingTransport

extension RequestObserver {
    /// Whoever wants to know of requests, as the command line and the environment say; `nil` when nobody does.
    ///
    /// *Parameter* variable: the value of a variable of the environment.
    /// *Throws*: `usage` for settings of another form, and what keeps a file from being opened.
    static func make(
        _ configuration: ObservationConfiguration,
        variable: (String) -> String? = { getenv($0).map { String(cString: $0) } }
    ) throws -> RequestObserver? {
        RequestObserver(
            accessLog: try configuration.accessLog.map { try AccessLog(path: $0) },
            tracer: try tracer(configuration, variable: variable),
            namesRequests: configuration.samplesPath != nil
        )
    }

    /// *Source*: OpenTelemetry Protocol Exporter; Environment Variable Specification: an empty variable is none.
    private static func tracer(
        _ configuration: ObservationConfiguration,
        variable: (String) -> String?
    ) throws -> Tracer? {
        func set(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        let tracesURL = configuration.otlpEndpoint == nil ? set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") : nil
        guard let url = configuration.otlpEndpoint ?? tracesURL ?? set("OTEL_EXPORTER_OTLP_ENDPOINT") else {
            return nil
        }
        if let form = set("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? set("OTEL_EXPORTER_OTLP_PROTOCOL"), form == "grpc" {
            throw ObservationError(
                .unsupported,
                "the protocol `grpc` of `OTEL_EXPORTER_OTLP_PROTOCOL` is not supported, expected `http/json`"
            )
        }
        let endpoint = try OTLPEndpoint(url, isOfTraces: tracesURL != nil)
        let resource = try OTLPResource(
            serviceName: set("OTEL_SERVICE_NAME"),
            list: set("OTEL_RESOURCE_ATTRIBUTES")
        )
        guard let tracer = Tracer(endpoint: endpoint, resource: resource, rate: configuration.traceRate) else {
            throw ServerError(.address, "opening a pipe: \(systemMessage(errno))")
        }
        return tracer
    }
}

extension RequestObserver {
    /// What is traced, as the protocol shows it.
    var traceSettings: TraceSettings {
        var settings = TraceSettings()
        settings.url = tracer?.endpoint.url
        settings.rate = tracer?.rate ?? 0
        return settings
    }
}
