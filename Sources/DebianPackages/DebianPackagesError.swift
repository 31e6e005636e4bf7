package import Diagnostics

/// The failures of Debian's archives and packages.
package enum DebianPackagesCode: String, DiagnosticCode {
    /// No source has what is asked for.
    case sources
    /// A signature is not good, or nothing here can check it.
    case signature
    /// A release file is older than it says that it may become.
    case expired
    /// A release file or a list of packages is not what it has to be.
    case index
    /// A control file, a version or a relation breaks its syntax.
    case malformed
    /// No suite has a package, or a version of it.
    case notFound
    /// A dependency that nothing fulfils.
    case unsatisfiable
    /// Two packages that may not be installed together.
    case conflict
    /// A locked version that the archives do not hold any more.
    case unavailable
    /// A package whose scripts an image may need.
    case scripts
    /// A package that is larger than what is read here.
    case tooLarge
    /// A legal package that is not handled here.
    case unsupported

    package var kind: DiagnosticKind {
        switch self {
        case .signature, .expired, .index, .malformed, .unsatisfiable, .conflict, .scripts, .tooLarge: .invalid
        case .notFound, .unavailable: .notFound
        case .sources: .environment
        case .unsupported: .unsupported
        }
    }
}

/// An error of this module.
package typealias DebianPackagesError = DiagnosticError<DebianPackagesCode>
