package import Diagnostics

/// The failures of reading manifests.
package enum YAMLCode: String, DiagnosticCode {
    case syntax
    case tooLarge
    case unknownKey
    case missingKey
    case value

    package var kind: DiagnosticKind { .invalid }
}

/// An error of this module.
package typealias YAMLError = DiagnosticError<YAMLCode>
