import Diagnostics
package import ModelFormats
package import ModelImport

extension XGBoostImporter: PickledEstimatorReader {
    package var packageName: String { "xgboost" }

    /// Reads a wrapper class for scikit-learn, or a booster, whose state holds a document with `Model`.
    ///
    /// *Source*: XGBoost 1.0 to 3.2, `Booster.__getstate__`: `handle`, bytes of UBJSON or JSON.
    package func estimator(_ object: PickleValue) throws(ModelImportError) -> any TabularEstimator {
        let name = object.className?.split(separator: ".").last.map { String($0) } ?? ""
        let wrapper: Booster.Wrapper
        switch name {
        case "Booster": return try BoosterEstimator(try booster(object, isWrapped: false))
        case "XGBClassifier", "XGBRFClassifier": wrapper = .classifier
        case "XGBModel", "XGBRegressor", "XGBRFRegressor": wrapper = .regressor
        case "XGBRanker": wrapper = .ranker
        default: throw ModelImportError(.unsupported, "class `xgboost.\(name)` is not supported")
        }
        guard let inner = object["_Booster"], !inner.isNone else {
            throw ModelImportError(.malformed, "`_Booster` is missing, expected a fitted booster")
        }
        return try BoosterEstimator(
            try booster(inner, isWrapped: true),
            wrapper: wrapper,
            labels: try labels(object),
            missing: object["missing"]?.double.map { Float($0) }
        )
    }

    private func booster(_ object: PickleValue, isWrapped: Bool) throws(ModelImportError) -> Booster {
        guard let bytes = object["handle"]?.bytes else {
            throw ModelImportError(.malformed, "`handle` is missing, expected the booster's bytes")
        }
        guard let document = try ModelFile.document(in: Array(bytes)) else { throw oldBinaryError }
        return try Booster(document["Model"] ?? document, isWrapped: isWrapped)
    }

    /// The labels that a wrapper encoded, which only versions before 1.6 did.
    private func labels(_ object: PickleValue) throws(ModelImportError) -> ClassLabels? {
        guard let classes = object["_le"]?["classes_"] ?? object["classes_"] else { return nil }
        return try locating(.item("attribute", "classes_")) { () throws(ModelImportError) in
            try importing { () throws(ModelFormatError) in try ClassLabels(classes) }
        }
    }
}
