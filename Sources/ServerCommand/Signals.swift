import Diagnostics
import Glibc
import ServingTransport
import Synchronization

/// The writing end of the pipe that a signal wakes the process through.
private let signalPipe = Atomic<CInt>(-1)

/// The signals that a server heeds, from the time the value is made.
struct Signals {
    /// What a signal asks for.
    enum Request: UInt8 {
        /// SIGTERM or SIGINT: to end. The second one ends the process at once.
        case end
        /// SIGHUP: to read anew what is kept in files.
        case reload
        /// SIGUSR1: to open the access log anew.
        case reopen
    }

    private let readingEnd: CInt

    init() throws(ServerError) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }),
            fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0
        else { throw ServerError(.address, "opening a pipe: \(systemMessage(errno))") }
        readingEnd = ends[0]
        signalPipe.store(ends[1], ordering: .releasing)
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGTERM, SIGINT] {
            signal(number) { number in
                signal(number, SIG_DFL)
                report(.end)
            }
        }
        signal(SIGHUP) { _ in report(.reload) }
        signal(SIGUSR1) { _ in report(.reopen) }
        // Whoever started the process may have left them blocked, as the threads of Dispatch do.
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        for number in [SIGTERM, SIGINT, SIGHUP, SIGUSR1] { sigaddset(&unblocked, number) }
        pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    }

    /// Blocks until one of the signals has come; `nil` when none has within some time.
    ///
    /// *Parameter* milliseconds: -1 for any time.
    func wait(milliseconds: CInt) -> Request? {
        var entry = pollfd(fd: readingEnd, events: Int16(POLLIN), revents: 0)
        var ready = poll(&entry, 1, milliseconds)
        while ready < 0, errno == EINTR { ready = poll(&entry, 1, milliseconds) }
        guard ready > 0 else { return nil }
        var byte: UInt8 = 0
        return read(readingEnd, &byte, 1) == 1 ? Request(rawValue: byte) : nil
    }
}

/// Wakes the process, from within a signal.
private func report(_ request: Signals.Request) {
    let code = errno
    var byte = request.rawValue
    _ = Glibc.write(signalPipe.load(ordering: .acquiring), &byte, 1)
    errno = code
}
