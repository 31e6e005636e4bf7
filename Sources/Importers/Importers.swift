import CatBoostImporter
import Diagnostics
import LightGBMImporter
package import ModelImport
import ScikitLearnImporter
import XGBoostImporter

/// The importers that mlpack has, in alphabetical order.
package let importers: [any ModelImporter] = [
    CatBoostImporter(),
    LightGBMImporter(),
    ScikitLearnImporter(foreignReaders: pickledEstimatorReaders),
    XGBoostImporter(),
]

/// The importers whose estimators can be a step of scikit-learn's pipelines, in alphabetical order.
private let pickledEstimatorReaders: [any PickledEstimatorReader] = [
    CatBoostImporter(),
    LightGBMImporter(),
    XGBoostImporter(),
]

/// What an import is at.
package enum ImportPhase: Sendable {
    case reading, converting
}

/// Reads the model of a file or of a directory of MLflow, whichever framework it is from, as ONNX.
///
/// *Throws*: `unknownFormat` when no importer recognises the content, and what the one that does finds wrong.
package func importModel(
    path: String,
    options: ImportOptions = ImportOptions(),
    limits: ModelImportLimits = .default,
    progress: (ImportPhase) -> Void = { _ in }
) throws(ModelImportError) -> ImportedModel {
    let saved = try SavedModel(path: path)
    progress(.reading)
    let file = try ModelFile(path: saved.filePath, limits: limits)
    return try locating(.file(file.path)) { () throws(ModelImportError) in
        guard let importer = importers.first(where: { $0.recognises(file) }) else {
            var problem = "the content is \(file.content.formatName)"
            if case .other = file.content {} else { problem += ", and no model of a known framework" }
            throw ModelImportError(
                .unknownFormat,
                problem,
                hint: "mlpack reads pickle, skops, CatBoost, LightGBM and XGBoost; docs/estimators.md has the list"
            )
        }
        progress(.converting)
        var imported = try importer.importModel(file, options: options)
        saved.complete(&imported)
        imported.report.warn(unlessIn: importer.knownVersions)
        return imported
    }
}
