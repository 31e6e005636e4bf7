package import Diagnostics

/// The failures of manifests for orchestrators.
package enum DeploymentCode: String, DiagnosticCode {
    case name
    case port
    case quantity
    case replicas

    package var kind: DiagnosticKind { .usage }
}

/// An error of this module.
package typealias DeploymentError = DiagnosticError<DeploymentCode>
