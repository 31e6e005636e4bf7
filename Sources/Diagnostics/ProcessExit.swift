/// The exit codes of every executable here.
package enum ProcessExit: Int32, Sendable {
    /// Done as asked.
    case done = 0
    /// The operation was not possible; the input or the machine stands in the way.
    case notPossible = 1
    /// The command line was wrong.
    case usage = 2
    /// The input is legal and not supported here.
    case notSupported = 3

    /// The exit code that an error leads to.
    package init(_ error: any Error) {
        switch (error as? any Diagnostic)?.kind {
        case .unsupported: self = .notSupported
        case .usage: self = .usage
        case .invalid, .environment, .notFound, nil: self = .notPossible
        }
    }
}
