package import Diagnostics

/// The failures of putting load on a server.
package enum LoadCode: String, DiagnosticCode {
    /// The host has no address.
    case host
    /// The machine has no room for more connections.
    case resources

    package var kind: DiagnosticKind {
        switch self {
        case .host, .resources: .environment
        }
    }
}

/// An error of this module.
package typealias LoadError = DiagnosticError<LoadCode>
