import Diagnostics
package import ModelFormats
package import ModelImport

/// Reads boosters that LightGBM saved as text, `dump_model` as JSON, or pickle.
package struct LightGBMImporter: ModelImporter {
    /// The importer.
    package init() {}

    package var framework: String { "LightGBM" }

    /// The objectives that mlpack reads, by name, in alphabetical order.
    package static var objectiveNames: [String] { Objective.listedNames }

    package func recognises(_ file: ModelFile) -> Bool {
        switch file.content {
        case .other(let bytes): ModelText.isRecognised(bytes)
        case .json(let document): document["tree_info"] != nil && document["num_tree_per_iteration"] != nil
        case .pickle(let tree): recognises(tree.root)
        case .ubjson: false
        }
    }

    package func importModel(_ file: ModelFile, options: ImportOptions) throws(ModelImportError) -> ImportedModel {
        let estimator: any TabularEstimator
        var format = file.content.formatName
        switch file.content {
        case .other(let bytes):
            estimator = BoosterEstimator(try Booster(text: bytes))
            format = "text"
        case .json(let document): estimator = BoosterEstimator(try Booster(document: document))
        case .pickle(let tree):
            try tree.refuseGlobals(outsideOf: [packageName, "sklearn"])
            estimator = try self.estimator(tree.root)
        case .ubjson:
            throw ModelImportError(.unknownFormat, "the content is \(format), expected text, JSON or pickle")
        }
        return try ImportedModel(estimator, from: file, framework: framework, format: format, options: options)
    }
}

extension LightGBMImporter: PickledEstimatorReader {
    package var packageName: String { "lightgbm" }

    /// Reads a wrapper class for scikit-learn, or a booster, whose state holds the text form.
    ///
    /// *Source*: LightGBM 2.1 to 4.7, `Booster.__getstate__`: all trees, of which `predict` uses those up to
    /// `best_iteration`; `_handle` is `handle` before 4.0. `decision_function` and `_fitted_with_feature_names` came with
    /// 4.7.
    package func estimator(_ object: PickleValue) throws(ModelImportError) -> any TabularEstimator {
        let name = object.className?.split(separator: ".").last.map { String($0) } ?? ""
        let className = "lightgbm.\(name)"
        if name == "Booster" { return BoosterEstimator(try booster(object)) }
        guard ["LGBMClassifier", "LGBMModel", "LGBMRanker", "LGBMRegressor"].contains(name) else {
            throw ModelImportError(.unsupported, "class `\(className)` is not supported")
        }
        guard let inner = object["_Booster"], !inner.isNone else {
            throw ModelImportError(.malformed, "`_Booster` is missing, expected a fitted booster")
        }
        let booster = try booster(inner)
        guard name == "LGBMClassifier" else { return BoosterEstimator(booster, className: className) }
        guard let labels = object["_classes"] else {
            throw ModelImportError(.malformed, "`_classes` is missing, expected the labels of the classes")
        }
        var classes = try locating(.item("attribute", "_classes")) { () throws(ModelImportError) in
            try importing { () throws(ModelFormatError) in try ClassLabels(labels) }
        }
        let count = max(2, booster.groupCount)
        // SPEC: LGBMClassifier.predict_proba: fitted on one class, it has two columns, the second near zero.
        if classes.count == 1, count == 2 { classes = classes.repeated(2) }
        guard classes.count == count else {
            throw ModelImportError(.malformed, "`_classes` has \(classes.count) labels, expected \(count)")
        }
        return BoosterEstimator(
            booster,
            className: className,
            classes: classes,
            hasDecision: object["_fitted_with_feature_names"] != nil
        )
    }

    private func booster(_ object: PickleValue) throws(ModelImportError) -> Booster {
        guard let text = (object["_handle"] ?? object["handle"])?.string else {
            throw ModelImportError(.malformed, "`_handle` is missing, expected the booster's text")
        }
        let best = object["best_iteration"]?.int ?? 0
        return try Booster(text: Array(text.utf8), iterationCount: best > 0 ? best : nil)
    }
}
