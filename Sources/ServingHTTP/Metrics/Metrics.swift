import Glibc
import ServingCore
import ServingTransport

/// What Prometheus collects: the counters under the names that Triton gives them, a histogram of how long answers
/// took, and what the process takes of the machine.
///
/// *Source*: Triton, Metrics; Prometheus, Exposition formats, text-based format 0.0.4.
package let metricsRoutes = [
    Route("GET", "/metrics") { call in
        var text = MetricsText()
        text.addModels((try? call.plane.repository.models()) ?? [])
        text.addProcess()
        return HTTPResponse(
            status: .ok,
            headers: [("content-type", "text/plain; version=0.0.4; charset=utf-8")],
            body: Array(text.text.utf8)
        )
    }
]

/// Metrics in the text format of Prometheus.
private struct MetricsText {
    private(set) var text = ""

    private struct Counter: Sendable {
        let name: String
        let help: String
        let value: @Sendable (ModelStatistics.Snapshot) -> Int
    }

    private static let counters = [
        Counter(name: "nv_inference_request_success", help: "Requests that were answered") { $0.success.count },
        Counter(name: "nv_inference_request_failure", help: "Requests that failed") { $0.failure.count },
        Counter(name: "nv_inference_count", help: "Rows of all requests") { $0.inferenceCount },
        Counter(name: "nv_inference_exec_count", help: "Runs of the model") { $0.executionCount },
        Counter(name: "nv_inference_request_duration_us", help: "Microseconds of all requests") {
            $0.success.nanoseconds / 1000
        },
        Counter(name: "nv_inference_queue_duration_us", help: "Microseconds that requests waited") {
            $0.queue.nanoseconds / 1000
        },
        Counter(name: "nv_inference_compute_input_duration_us", help: "Microseconds of reading inputs") {
            $0.compute.input.nanoseconds / 1000
        },
        Counter(name: "nv_inference_compute_infer_duration_us", help: "Microseconds of running the model") {
            $0.compute.infer.nanoseconds / 1000
        },
        Counter(name: "nv_inference_compute_output_duration_us", help: "Microseconds of writing outputs") {
            $0.compute.output.nanoseconds / 1000
        },
    ]

    mutating func addModels(_ models: [ServedModel]) {
        let counted = models.map { (labels: Self.labels(of: $0), snapshot: $0.statistics.snapshot) }
        for counter in Self.counters {
            begin(counter.name, "counter", counter.help)
            for (labels, snapshot) in counted { add("\(counter.name){\(labels)}", "\(counter.value(snapshot))") }
        }
        let name = "mlpack_inference_request_duration_seconds"
        begin(name, "histogram", "How long answers took, from the arrival of the request on")
        for (labels, snapshot) in counted {
            var sum = 0
            for (bound, count) in zip(ModelStatistics.durationBounds, snapshot.durations) {
                sum += count
                add("\(name)_bucket{\(labels),le=\"\(bound)\"}", "\(sum)")
            }
            add("\(name)_bucket{\(labels),le=\"+Inf\"}", "\(snapshot.success.count)")
            add("\(name)_sum{\(labels)}", "\(Double(snapshot.success.nanoseconds) / 1e9)")
            add("\(name)_count{\(labels)}", "\(snapshot.success.count)")
        }
    }

    mutating func addProcess() {
        var usage = rusage()
        getrusage(CInt(RUSAGE_SELF.rawValue), &usage)
        let seconds = [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
        begin("process_cpu_seconds_total", "counter", "Seconds of processors that the process took")
        add("process_cpu_seconds_total", "\(seconds)")
        begin("process_max_resident_memory_bytes", "gauge", "The most memory that the process took so far")
        add("process_max_resident_memory_bytes", "\(usage.ru_maxrss * 1024)")
    }

    private mutating func begin(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func add(_ name: String, _ value: String) { text += "\(name) \(value)\n" }

    private static func labels(of model: ServedModel) -> String {
        "model=\"\(escaped(model.name))\",version=\"\(escaped(model.version))\""
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
    }
}
