import Diagnostics
package import ModelImport

/// What a saved model holds, told without converting it: also for estimators that cannot be exported.
///
/// Files that are no saved model of a framework give `nil`, an ONNX model for instance.
/// *Throws*: what the reader of the format finds wrong.
package func outlineModel(path: String, limits: OutlineLimits) throws(ModelImportError) -> ModelOutline? {
    let saved = try SavedModel(path: path)
    guard let file = try saved.file() else { return nil }
    let framework = importers.first { $0.recognises(file) }?.framework
    return ModelOutline(of: file, framework: framework, mlflow: saved.mlflow, limits: limits)
}

/// The classes and functions that loading a saved model with Python would call; `nil` for a file that is none.
///
/// *Throws*: what the reader of the format finds wrong.
package func auditModel(path: String) throws(ModelImportError) -> GlobalAudit? {
    try SavedModel(path: path).file().map { GlobalAudit($0) }
}
