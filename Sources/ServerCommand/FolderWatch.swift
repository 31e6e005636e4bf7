import Diagnostics
import Glibc

/// What the kernel tells of folders in which files come, go, or are written.
///
/// *Source*: inotify(7). File systems of other machines tell nothing.
struct FolderWatch: ~Copyable {
    /// Readable once something has happened; -1 when the kernel has none to give.
    let descriptor: CInt
    /// Why the kernel does not tell of all of the folders.
    private(set) var failure: String?

    /// Watches folders; those that are not there are passed over.
    init(_ folders: [String]) {
        descriptor = inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC))
        guard descriptor >= 0 else {
            failure = systemMessage(errno)
            return
        }
        let events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO
        for folder in folders where inotify_add_watch(descriptor, folder, UInt32(events)) < 0 && errno != ENOENT {
            failure = failure ?? systemMessage(errno)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
