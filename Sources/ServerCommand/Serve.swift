import Diagnostics
import Glibc
package import InferenceEngine
import ServingCore
import ServingObservation
import ServingTransport
import Synchronization

/// Runs the server that a command line asks for, until SIGTERM or SIGINT.
///
/// *Parameter* program: the words that start it, for help.
/// *Parameter* arguments: the words behind them.
/// *Parameter* options: how the models run, and with what the executable has for them.
/// *Throws*: `usage`, `address`, and whatever keeps a model from being loaded.
package func serve(program: String, arguments: [String], options: InferenceOptions = .default) throws {
    if arguments.contains(where: { $0 == "--help" || $0 == "-h" }) {
        write(serveHelp(program: program) + "\n", to: STDOUT_FILENO)
        return
    }
    if arguments.contains("--version") {
        write(mlpackVersion + "\n", to: STDOUT_FILENO)
        return
    }
    if arguments.first == "probe" {
        try probe(Array(arguments.dropFirst()))
        return
    }
    let configuration = try ServeConfiguration(arguments: arguments) { name in
        getenv(name).map { String(cString: $0) }
    }
    let signals = try EndSignals()
    var options = options
    options.limits = configuration.inferenceLimits
    options.precision = configuration.precision
    let observer = try RequestObserver.make(configuration.observation)
    let plane = DataPlane(
        try ModelCatalog(paths: configuration.paths, options: options, control: configuration.modelControl),
        trace: observer?.traceSettings ?? TraceSettings(),
        samples: try InferenceSamples(configuration.observation)
    )
    let server = try RunningServer(plane, configuration, observer: observer)
    write(server.readyLine(asJSON: configuration.printsJSON) + "\n", to: STDERR_FILENO)
    signals.wait { reopenAccessLog(of: observer) }
    plane.drain()
    server.drain()
}

/// Goes on in new files where the old ones were moved away.
private func reopenAccessLog(of observer: RequestObserver?) {
    do {
        try observer?.accessLog?.reopen()
    } catch {
        write("\(DiagnosticText(error))\n", to: STDERR_FILENO)
    }
}

private func write(_ text: String, to descriptor: CInt) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}

/// The writing end of the pipe that a signal wakes the process through.
private let signalPipe = Atomic<CInt>(-1)

/// SIGTERM, SIGINT and SIGUSR1, from the time the value is made.
private struct EndSignals {
    private let readingEnd: CInt

    init() throws(ServerError) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw ServerError(.address, "opening a pipe: \(systemMessage(errno))")
        }
        readingEnd = ends[0]
        signalPipe.store(ends[1], ordering: .releasing)
        signal(SIGPIPE, SIG_IGN)
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        for number in [SIGTERM, SIGINT] {
            sigaddset(&unblocked, number)
            // The second signal finds the default action, and ends the process at once.
            signal(number) { number in
                signal(number, SIG_DFL)
                var byte: UInt8 = 0
                _ = Glibc.write(signalPipe.load(ordering: .acquiring), &byte, 1)
            }
        }
        sigaddset(&unblocked, SIGUSR1)
        signal(SIGUSR1) { _ in
            let code = errno
            var byte: UInt8 = 1
            _ = Glibc.write(signalPipe.load(ordering: .acquiring), &byte, 1)
            errno = code
        }
        // Whoever started the process may have left them blocked, as the threads of Dispatch do.
        pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    }

    /// Blocks until the process is to end; SIGUSR1 has files opened anew.
    func wait(reopen: () -> Void) {
        var byte: UInt8 = 0
        while true {
            let count = read(readingEnd, &byte, 1)
            if count == 1, byte == 1 {
                reopen()
            } else if count >= 0 || errno != EINTR {
                return
            }
        }
    }
}
