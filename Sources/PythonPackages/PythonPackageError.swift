package import Diagnostics

/// The failures of Python packages.
package enum PythonPackageCode: String, DiagnosticCode {
    /// A version, a specifier, a requirement, a tag or a file name breaks its grammar.
    case syntax
    /// pip's configuration on the machine names an address that cannot be used.
    case configuration
    /// A page of an index breaks the rules of its form.
    case index
    /// A project, a file or a folder is not there.
    case notFound
    /// What a package says of itself breaks the rules of its form.
    case metadata
    /// No choice of versions fits all requirements.
    case conflict
    /// An archive that is no good wheel.
    case wheel
    case tooLarge
    case refused
    case unsupported

    package var kind: DiagnosticKind {
        switch self {
        case .syntax, .index, .metadata, .conflict, .wheel, .tooLarge: .invalid
        case .configuration, .refused: .environment
        case .notFound: .notFound
        case .unsupported: .unsupported
        }
    }
}

/// An error of this module.
package typealias PythonPackageError = DiagnosticError<PythonPackageCode>
