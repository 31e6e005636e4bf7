import Diagnostics
import Glibc

/// What the kernel tells of folders in which files come, go, or are written.
///
/// *Source*: inotify(7). File systems of other machines tell nothing.
package struct FolderWatch: ~Copyable {
    /// Readable once something has happened; -1 when the kernel has none to give.
    package let descriptor: CInt
    /// What the kernel does not watch, and why.
    package let failure: String?

    /// Watches folders; those that are not there are passed over.
    package init(_ folders: [String]) {
        descriptor = inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC))
        guard descriptor >= 0 else {
            failure = "folders: \(systemMessage(errno))"
            return
        }
        let events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO
        var failure: String?
        for folder in folders {
            guard inotify_add_watch(descriptor, folder, UInt32(events)) < 0 else { continue }
            let code = errno
            if code != ENOENT, code != ENOTDIR { failure = failure ?? "`\(folder)`: \(systemMessage(code))" }
        }
        self.failure = failure
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
