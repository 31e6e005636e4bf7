import Diagnostics
import Glibc
import ServingCore
import ServingObservation
import ServingTransport

/// Has the models follow their files, on a thread of its own: requests and signals do not wait for a model to be loaded.
final class ModelWatch: Sendable {
    /// How long the files of a version have to be unchanged before it is loaded, in milliseconds.
    private static let settlingTime = 500

    private let catalog: ModelCatalog
    /// How often is looked without a reason, in milliseconds.
    private let interval: CInt
    /// A byte in this pipe has the thread look at once.
    private let readingEnd: CInt
    private let writingEnd: CInt

    /// Starts the thread.
    ///
    /// *Parameter* interval: the seconds from one look at the files to the next.
    /// *Throws*: `address` when there is no pipe to be had.
    init(_ catalog: ModelCatalog, interval: Int) throws(ServerError) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }),
            ends.allSatisfy({ fcntl($0, F_SETFL, O_NONBLOCK) == 0 })
        else { throw ServerError(.address, "opening a pipe: \(systemMessage(errno))") }
        self.catalog = catalog
        self.interval = CInt(clamping: interval.multipliedReportingOverflow(by: 1000).partialValue)
        readingEnd = ends[0]
        writingEnd = ends[1]
        _ = QueueThread { self.follow() }
    }

    /// Looks at the files now, and takes what is there as whole.
    func look() {
        var byte: UInt8 = 0
        _ = write(writingEnd, &byte, 1)
    }

    private func follow() {
        report(catalog.started)
        var watch = FolderWatch([])
        // What has changed since the models were loaded is seen by a look before the first wait.
        var isUnsettled = catalog.control.followsFiles
        var isAsked = isUnsettled ? false : wait(watch, isUnsettled: false)
        var knownFailure: String?
        while true {
            // Before the look: what changes during it is told.
            if catalog.control == .watch { watch = FolderWatch(catalog.folders) }
            if let failure = watch.failure, failure != knownFailure {
                knownFailure = failure
                report(watchFailure: failure)
            }
            let reload = catalog.reload(settled: isAsked ? 0 : Self.settlingTime * 1_000_000)
            report(reload)
            isUnsettled = reload.isUnsettled
            isAsked = wait(watch, isUnsettled: isUnsettled)
        }
    }

    /// Waits until there is a reason to look.
    ///
    /// *Returns*: whether somebody asked for it.
    private func wait(_ watch: borrowing FolderWatch, isUnsettled: Bool) -> Bool {
        let pause = isUnsettled ? CInt(Self.settlingTime) : catalog.control.followsFiles ? interval : -1
        var entries = [
            pollfd(fd: readingEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isUnsettled ? -1 : watch.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&entries, 2, pause) < 0, errno == EINTR {}
        var bytes = [UInt8](repeating: 0, count: 4096)
        return read(readingEnd, &bytes, bytes.count) > 0
    }

    private func report(watchFailure reason: String) {
        let words = "changes are seen every \(interval / 1000) s only, as the kernel does not watch"
        writeText("warning: \(words) \(reason)\n", to: STDERR_FILENO)
    }

    private func report(_ reload: ModelCatalog.Reload) {
        for failure in reload.failures { writeText("\(failure)\n", to: STDERR_FILENO) }
        if !reload.changed.isEmpty {
            let names = reload.changed.map { "`\($0)`" }.joined(separator: ", ")
            writeText("changed: \(names)\n", to: STDERR_FILENO)
        }
    }
}
