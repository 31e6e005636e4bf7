import ModelFormats
import Tensors
import Diagnostics
package import ModelImport
import OnnxBuilder
import OnnxIR

/// Reads boosters that XGBoost saved as JSON or UBJSON.
package struct XGBoostImporter: ModelImporter {
    /// The importer.
    package init() {}

    package var framework: String { "XGBoost" }

    package var knownVersions: ClosedRange<FrameworkVersion>? { FrameworkVersion(1, 0)...FrameworkVersion(3, 2) }

    package func recognises(_ file: ModelFile) -> Bool {
        switch file.content {
        case .json(let document), .ubjson(let document):
            document["learner"]?["gradient_booster"] != nil || document["learner"]?["learner_model_param"] != nil
        case .pickle: false
        }
    }

    package func importModel(_ file: ModelFile, options: ImportOptions) throws(ModelImportError) -> ImportedModel {
        let booster: Booster
        switch file.content {
        case .json(let document), .ubjson(let document): booster = try Booster(document)
        case .pickle: throw ModelImportError(.unknownFormat, "the content is a pickle, expected JSON or UBJSON")
        }
        let objective = try Objective(named: booster.objective)
        let name = objective.isClassifier ? "XGBClassifier" : "XGBRegressor"
        var builder = GraphBuilder(name: name)
        let input = builder.input("X", .tensor(.float, ["batch", .fixed(booster.featureCount)]))
        let margins = try booster.margins(of: input, objective: objective, &builder)
        let classes = try objective.addOutputs(of: margins, booster: booster, options: options, to: &builder)
        var report = ImportReport(
            framework: framework,
            frameworkVersion: booster.version,
            format: file.content.formatName,
            estimator: EstimatorSummary(className: "xgboost.\(name)"),
            classLabels: classes,
            featureNames: booster.featureNames
        )
        report.warnings = booster.warnings
        return ImportedModel(builder, from: file, report: report, options: options)
    }
}
