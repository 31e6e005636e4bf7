import Glibc

/// What tells the files of a version from what they were before: which they are, how long, and when they changed.
struct FileStamp: Sendable, Hashable {
    private struct Part: Sendable, Hashable {
        let path: String
        let device: UInt64
        let inode: UInt64
        let byteCount: Int
        let modified: Int
        let changed: Int
    }

    private let parts: [Part]

    /// The stamp of files and folders; those that are not there leave no trace.
    init(_ paths: [String]) {
        parts = paths.compactMap { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            return Part(
                path: path,
                device: UInt64(status.st_dev),
                inode: UInt64(status.st_ino),
                byteCount: Int(status.st_size),
                modified: nanoseconds(status.st_mtim),
                changed: nanoseconds(status.st_ctim)
            )
        }
    }

    /// How long nothing has changed, in nanoseconds by the clock that files are stamped with; without an end for times that
    /// are yet to come, which another clock has made.
    var age: Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let last = parts.map { max($0.modified, $0.changed) }.max() ?? 0
        return last > nanoseconds(now) ? .max : nanoseconds(now) - last
    }
}

private func nanoseconds(_ time: timespec) -> Int {
    let (seconds, overflow) = time.tv_sec.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? 0 : seconds &+ time.tv_nsec
}
