import Diagnostics
import Glibc
import ServingTransport

/// What is kept in files, and read anew while the server runs.
struct Reloads {
    /// One thing that is read anew.
    struct Entry {
        /// What it is, for messages.
        let name: String
        /// Whether its files have changed since this was last asked, each time some seconds have passed.
        ///
        /// Never where only a signal is to tell.
        var isOutdated: () -> Bool = { false }
        /// Reads it; where that fails, what was read before stays.
        let reload: () throws -> Void

        /// What is read anew on a signal.
        init(_ name: String, reload: @escaping () throws -> Void) {
            self.name = name
            self.reload = reload
        }

        /// A value that files hold.
        init<Value>(_ name: String, _ value: FileBacked<Value>) {
            self.name = name
            isOutdated = { value.isOutdated }
            reload = { try value.reload() }
        }
    }

    /// In which order they are read.
    var entries: [Entry] = []
    /// How long it takes in milliseconds until a change of a file is seen without a signal.
    static let interval: CInt = 10_000

    /// Reads everything anew.
    func reloadAll() { entries.forEach(Self.reload) }

    /// Reads anew what has changed.
    func reloadOutdated() {
        for entry in entries where entry.isOutdated() { Self.reload(entry) }
    }

    private static func reload(_ entry: Entry) {
        do {
            try entry.reload()
            writeText("reloaded: \(entry.name)\n", to: STDERR_FILENO)
        } catch {
            writeText("\(DiagnosticText(error))\nstill served: \(entry.name) as before\n", to: STDERR_FILENO)
        }
    }
}
