/// What is traced, as the protocol shows it.
///
/// *Source*: Triton, Trace Extension.
package struct TraceSettings: Sendable, Hashable {
    /// Where spans are sent; `nil` when nothing is traced.
    package var url: String?
    /// The part of the traces that are recorded where the client says nothing of it, 0 to 1.
    package var rate = 0.0

    /// Nothing is traced.
    package init() {}

    /// Whether something is traced: `TIMESTAMPS` or `OFF`.
    package var level: String { url == nil ? "OFF" : "TIMESTAMPS" }

    /// The other settings by name.
    package var others: [(name: String, value: String)] {
        let interval = rate > 0 ? "\(Int(min(1 / rate, 1e15).rounded()))" : "0"
        let settings = [
            ("trace_rate", url == nil ? "1000" : interval), ("trace_count", "-1"), ("log_frequency", "0"),
            ("trace_file", ""), ("trace_mode", url == nil ? "triton" : "opentelemetry"),
        ]
        return settings + (url.map { [("url", $0)] } ?? [])
    }
}
