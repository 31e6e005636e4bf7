import Diagnostics
package import ModelImport
import ScikitLearnImporter
import XGBoostImporter

/// The importers that mlpack has, in alphabetical order.
package let importers: [any ModelImporter] = [
    ScikitLearnImporter(),
    XGBoostImporter(),
]

/// Reads the model of a file or of a directory of MLflow, whichever framework it is from, as ONNX.
///
/// *Throws*: `unknownFormat` when no importer recognises the content, and what the one that does finds wrong.
package func importModel(
    path: String,
    options: ImportOptions = ImportOptions(),
    limits: ModelImportLimits = .default
) throws(ModelImportError) -> ImportedModel {
    let saved = try SavedModel(path: path)
    let file = try ModelFile(path: saved.filePath, limits: limits)
    return try locating(.file(file.path)) { () throws(ModelImportError) in
        guard let importer = importers.first(where: { $0.recognises(file) }) else {
            throw ModelImportError(
                .unknownFormat,
                "the content is \(file.content.formatName), and no model of a known framework",
                hint: "mlpack reads pickle, joblib, skops, XGBoost JSON and UBJSON; docs/estimators.md has the list"
            )
        }
        guard importer.choosesOutputs || (options.outputs == nil && !options.usesDoublePrecision) else {
            throw ModelImportError(
                .unsupported,
                "a choice of outputs or precision is not supported for \(importer.framework), expected the usual ones"
            )
        }
        var imported = try importer.importModel(file, options: options)
        saved.complete(&imported)
        imported.report.warn(unlessIn: importer.knownVersions)
        return imported
    }
}
