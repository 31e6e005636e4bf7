package import Diagnostics
import Glibc

/// The failures of reading and writing files.
package enum FileCode: String, DiagnosticCode {
    case notFound
    case tooLarge
    case refused

    package var kind: DiagnosticKind {
        switch self {
        case .notFound: .notFound
        case .tooLarge: .invalid
        case .refused: .environment
        }
    }
}

/// An error of this module.
package typealias FileError = DiagnosticError<FileCode>

extension DiagnosticError<FileCode> {
    /// What the system said of `path` in `errno`, while doing `action` (a gerund: `writing`).
    package init(errno code: CInt, _ action: String, path: String) {
        self.init(code == ENOENT ? .notFound : .refused, at: .file(path), "\(action): \(systemMessage(code))")
    }
}
