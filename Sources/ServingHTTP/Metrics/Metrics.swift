import Glibc
import ServingCore
import ServingObservation
package import ServingTransport

/// What Prometheus collects: the counters under the names that Triton gives them, histograms of how long the parts of
/// answers took, what waits and what was refused, and what the process takes of the machine.
///
/// *Parameter* resources: what the connections share; `nil` without them.
/// *Source*: Triton, Metrics.
package func metricsRoutes(of resources: ServerResources? = nil) -> [Route] {
    [
        Route("GET", "/metrics", group: .metrics) { call in
            var text = MetricsText()
            let models = (try? call.plane.repository.models()) ?? []
            text.addModels(models)
            text.addDrift(models)
            if let resources { text.add(resources) }
            if let samples = call.plane.samples {
                let help = "Samples of requests that the disk was too slow or too full for"
                text.add("mlpack_samples_dropped_total", "counter", help, samples.droppedCount)
            }
            text.addProcess()
            return HTTPResponse(
                status: .ok,
                headers: [("content-type", "text/plain; version=0.0.4; charset=utf-8")],
                body: Array(text.text.utf8)
            )
        }
    ]
}

/// A metric of each version of each model.
private struct ModelMetric<Value>: Sendable {
    let name: String
    let help: String
    let value: @Sendable (ModelStatistics.Snapshot) -> Value
}

private let counters = [
    ModelMetric(name: "nv_inference_request_success", help: "Requests that were answered") { $0.success.count },
    ModelMetric(name: "nv_inference_request_failure", help: "Requests that failed") { $0.failure.count },
    ModelMetric(name: "nv_inference_count", help: "Rows of all requests") { $0.inferenceCount },
    ModelMetric(name: "nv_inference_exec_count", help: "Runs of the model") { $0.executionCount },
    ModelMetric(name: "nv_inference_request_duration_us", help: "Microseconds of all requests") {
        $0.success.nanoseconds / 1000
    },
    ModelMetric(name: "nv_inference_queue_duration_us", help: "Microseconds that requests waited") {
        $0.queue.nanoseconds / 1000
    },
    ModelMetric(name: "nv_inference_compute_input_duration_us", help: "Microseconds of reading inputs") {
        $0.compute.input.nanoseconds / 1000
    },
    ModelMetric(name: "nv_inference_compute_infer_duration_us", help: "Microseconds of running the model") {
        $0.compute.infer.nanoseconds / 1000
    },
    ModelMetric(name: "nv_inference_compute_output_duration_us", help: "Microseconds of writing outputs") {
        $0.compute.output.nanoseconds / 1000
    },
]

private let histograms = [
    ModelMetric(
        name: "mlpack_inference_request_duration_seconds",
        help: "How long answers took, from the arrival of the request on"
    ) { ($0.durations, $0.success) },
    ModelMetric(name: "mlpack_inference_queue_duration_seconds", help: "How long requests waited for a thread") {
        ($0.queueDurations, $0.queue)
    },
    ModelMetric(name: "mlpack_inference_compute_duration_seconds", help: "How long the model ran") {
        ($0.computeDurations, $0.compute.infer)
    },
]

extension MetricsText {
    fileprivate mutating func addModels(_ models: [ServedModel]) {
        let counted = models.map { (labels: Self.labels(of: $0), snapshot: $0.statistics.snapshot) }
        for counter in counters {
            begin(counter.name, "counter", counter.help)
            for (labels, snapshot) in counted { add("\(counter.name){\(labels)}", "\(counter.value(snapshot))") }
        }
        for histogram in histograms {
            begin(histogram.name, "histogram", histogram.help)
            for (labels, snapshot) in counted {
                let (counts, sum) = histogram.value(snapshot)
                let bounds = ModelStatistics.durationBounds
                add(histogram: histogram.name, labels: labels, bounds: bounds, counts: counts, of: sum)
            }
        }
    }

    fileprivate mutating func add(_ resources: ServerResources) {
        let pool = resources.pool
        add("mlpack_requests_in_flight", "gauge", "Requests that are computed or wait", pool.count)
        add("mlpack_queue_length", "gauge", "Requests that wait for a thread", pool.waitingCount)
        let name = "mlpack_requests_refused_total"
        begin(name, "counter", "Requests that were refused before anybody looked at what they ask for")
        for reason in Refusal.Reason.allCases {
            add("\(name){reason=\"\(reason.rawValue)\"}", "\(resources.refusals.count(reason))")
        }
        if let log = resources.observer?.accessLog {
            let name = "mlpack_access_log_lines_dropped_total"
            add(name, "counter", "Lines of the access log that the disk was too slow or too full for", log.droppedCount)
        }
        if let tracer = resources.observer?.tracer {
            let help = "Requests whose spans the collector did not take in time"
            add("mlpack_traces_dropped_total", "counter", help, tracer.droppedCount)
        }
    }

    fileprivate mutating func addProcess() {
        var usage = rusage()
        getrusage(CInt(RUSAGE_SELF.rawValue), &usage)
        let seconds = [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
        begin("process_cpu_seconds_total", "counter", "Seconds of processors that the process took")
        add("process_cpu_seconds_total", "\(seconds)")
        let help = "The most memory that the process took so far"
        add("process_max_resident_memory_bytes", "gauge", help, usage.ru_maxrss * 1024)
    }
}
