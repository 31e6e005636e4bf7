import Diagnostics
package import ModelFormats
package import ModelImport
import OnnxBuilder

/// Reads models that CatBoost saved as JSON or in its binary form, or that are in pickles.
package struct CatBoostImporter: ModelImporter {
    /// The importer.
    package init() {}

    package var framework: String { "CatBoost" }

    /// The loss functions that mlpack reads, by name, in alphabetical order.
    package static var objectiveNames: [String] { Objective.listedNames }

    package func recognises(_ file: ModelFile) -> Bool {
        switch file.content {
        case .json(let document):
            document["features_info"] != nil && (document["oblivious_trees"] != nil || document["trees"] != nil)
        case .other(let bytes): Model.isBinary(bytes)
        case .pickle(let tree): recognises(tree.root)
        case .ubjson: false
        }
    }

    package func importModel(_ file: ModelFile, options: ImportOptions) throws(ModelImportError) -> ImportedModel {
        let estimator: ModelEstimator
        var format = file.content.formatName
        switch file.content {
        case .json(let document): estimator = try ModelEstimator(try Model(document: document))
        case .other(let bytes):
            estimator = try ModelEstimator(try Model(binary: bytes))
            format = "cbm"
        case .pickle(let tree):
            try tree.refuseGlobals(outsideOf: [packageName])
            estimator = try read(tree.root)
        case .ubjson:
            throw ModelImportError(.unknownFormat, "the content is \(format), expected JSON, cbm or pickle")
        }
        return try ImportedModel(estimator, from: file, framework: framework, format: format, options: options) {
            builder throws(ModelImportError) in
            try estimator.predict(&builder)
        }
    }
}

extension CatBoostImporter: PickledEstimatorReader {
    package var packageName: String { "catboost" }

    package func estimator(_ object: PickleValue) throws(ModelImportError) -> any TabularEstimator {
        try read(object)
    }

    /// Reads an object whose state holds the binary form.
    ///
    /// *Source*: CatBoost 1.0 to 1.2, `_CatBoostBase.__getstate__`: `__model`.
    private func read(_ object: PickleValue) throws(ModelImportError) -> ModelEstimator {
        let name = object.className?.split(separator: ".").last.map { String($0) } ?? ""
        guard ["CatBoost", "CatBoostClassifier", "CatBoostRanker", "CatBoostRegressor"].contains(name) else {
            throw ModelImportError(.unsupported, "class `catboost.\(name)` is not supported")
        }
        guard let bytes = object["__model"]?.bytes else {
            throw ModelImportError(.malformed, "`__model` is missing, expected a fitted model")
        }
        return try ModelEstimator(try Model(binary: Array(bytes)), className: "catboost.\(name)")
    }
}
