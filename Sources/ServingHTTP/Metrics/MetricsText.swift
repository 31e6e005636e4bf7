import ServingCore

/// Metrics in the text format of Prometheus.
///
/// *Source*: Prometheus, Exposition formats, text-based format 0.0.4.
struct MetricsText {
    private(set) var text = ""

    /// Says what the samples that follow are.
    ///
    /// *Parameter* type: `counter`, `gauge` or `histogram`.
    mutating func begin(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    /// A sample; its name has its labels.
    mutating func add(_ name: String, _ value: String) { text += "\(name) \(value)\n" }

    /// The only sample of a metric.
    mutating func add(_ name: String, _ type: String, _ help: String, _ value: Int) {
        begin(name, type, help)
        add(name, "\(value)")
    }

    /// The samples of a histogram.
    ///
    /// *Parameter* counts: how many values lie at or below each bound, and above the one before it.
    mutating func add(
        histogram name: String,
        labels: String,
        bounds: [Double],
        counts: [Int],
        of sum: ModelStatistics.Sum
    ) {
        var count = 0
        for (bound, more) in zip(bounds, counts) {
            count += more
            add("\(name)_bucket{\(labels),le=\"\(bound)\"}", "\(count)")
        }
        add("\(name)_bucket{\(labels),le=\"+Inf\"}", "\(sum.count)")
        add("\(name)_sum{\(labels)}", "\(Double(sum.nanoseconds) / 1e9)")
        add("\(name)_count{\(labels)}", "\(sum.count)")
    }

    /// The labels of a version of a model.
    static func labels(of model: ServedModel) -> String {
        "model=\"\(escaped(model.name))\",version=\"\(escaped(model.version))\""
    }

    /// The value of a label.
    static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }
}
