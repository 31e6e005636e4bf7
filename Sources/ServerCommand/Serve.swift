import Diagnostics
import Glibc
package import InferenceEngine
import Scheduling
import ServingCore
import ServingObservation
import ServingTransport

/// Runs the server that a command line asks for, until SIGTERM or SIGINT; SIGHUP has it read files anew.
///
/// *Parameter* program: the words that start it, for help.
/// *Parameter* arguments: the words behind them.
/// *Parameter* options: how the models run, and with what the executable has for them.
/// *Throws*: `usage`, `address`, and whatever keeps a model from being loaded.
package func serve(program: String, arguments: [String], options: InferenceOptions = .default) throws {
    if arguments.contains(where: { $0 == "--help" || $0 == "-h" }) {
        writeText(serveHelp(program: program) + "\n", to: STDOUT_FILENO)
        return
    }
    if arguments.contains("--version") {
        writeText(mlpackVersion + "\n", to: STDOUT_FILENO)
        return
    }
    if arguments.first == "probe" {
        try probe(Array(arguments.dropFirst()))
        return
    }
    let configuration = try ServeConfiguration(arguments: arguments) { name in
        getenv(name).map { String(cString: $0) }
    }
    let signals = try Signals()
    var options = options
    options.limits = configuration.inferenceLimits
    options.precision = configuration.precision
    let security = try SecurityState(configuration.security)
    let observer = try RequestObserver.make(configuration.observation)
    let catalog = try ModelCatalog(paths: configuration.paths, options: options, control: configuration.modelControl)
    let watch = try ModelWatch(catalog, interval: configuration.pollInterval)
    let plane = DataPlane(
        catalog,
        threadCount: configuration.limits.work.runCount,
        trace: observer?.traceSettings ?? TraceSettings(),
        samples: try InferenceSamples(configuration.observation)
    )
    let server = try RunningServer(plane, configuration, security, observer: observer)
    writeText(server.readyLine(asJSON: configuration.printsJSON) + "\n", to: STDERR_FILENO)
    waitForEnd(signals, Reloads(entries: security.reloads), watch) { reopenAccessLog(of: observer) }
    plane.drain()
    server.drain()
}

/// Blocks until a signal asks for the end, and reads anew what signals ask for, and what has changed.
///
/// *Parameter* reopen: goes on in new files where the old ones were moved away.
private func waitForEnd(_ signals: Signals, _ reloads: Reloads, _ watch: ModelWatch, reopen: () -> Void) {
    while true {
        switch signals.wait(milliseconds: reloads.entries.isEmpty ? -1 : Reloads.interval) {
        case .end: return
        case .reload:
            reloads.reloadAll()
            watch.look()
        case .reopen: reopen()
        case nil: reloads.reloadOutdated()
        }
    }
}

private func reopenAccessLog(of observer: RequestObserver?) {
    do {
        try observer?.accessLog?.reopen()
    } catch {
        writeText("\(DiagnosticText(error))\n", to: STDERR_FILENO)
    }
}

/// Writes all of a text.
func writeText(_ text: String, to descriptor: CInt) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
