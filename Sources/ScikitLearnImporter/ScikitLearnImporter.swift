import Diagnostics
import ModelFormats
package import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// Reads fitted estimators of scikit-learn from pickles, joblib and skops files.
package struct ScikitLearnImporter: ModelImporter {
    private let foreignReaders: [any PickledEstimatorReader]

    /// The importer; `foreignReaders` read the estimators of other frameworks that pipelines hold.
    package init(foreignReaders: [any PickledEstimatorReader] = []) {
        self.foreignReaders = foreignReaders
    }

    package var framework: String { "scikit-learn" }

    package var knownVersions: ClosedRange<FrameworkVersion>? { FrameworkVersion(0, 24)...FrameworkVersion(1, 9) }

    package func recognises(_ file: ModelFile) -> Bool {
        guard case .pickle(let tree) = file.content else { return false }
        return !foreignReaders.contains { $0.recognises(tree.root) }
    }

    package func importModel(_ file: ModelFile, options: ImportOptions) throws(ModelImportError) -> ImportedModel {
        guard case .pickle(let tree) = file.content else {
            throw ModelImportError(.unknownFormat, "the content is \(file.content.formatName), expected a pickle")
        }
        try tree.refuseGlobals(outsideOf: Set(["sklearn"] + foreignReaders.map(\.packageName)))
        let object = EstimatorObject(tree.root, foreignReaders: foreignReaders)
        let estimator = try object.fitted()
        let graph = ModelGraph(name: estimator.summary.text, opsets: options.opsets)
        let names = try object.featureNames()
        let input = try graph.inputs(
            estimator.roles.inputForm,
            names: names,
            featureCount: estimator.featureCount,
            numberType: options.usesDoublePrecision ? .double : .float
        )
        let outputs = try ModelOutputs.write(estimator.roles, of: input, options: options)
        var classes: ClassLabels?
        if case .classifier(let classifier) = estimator.roles.predictor { classes = classifier.classes }
        var report = ImportReport(
            framework: framework,
            frameworkVersion: object.version,
            format: file.content.formatName,
            estimator: estimator.summary,
            classLabels: classes,
            featureNames: names
        )
        report.availableOutputs = outputs
        report.warnings = Approximation.warnings(about: tree)
        var imported = ImportedModel(graph.builder, from: file, report: report, options: options)
        if let opset = imported.model.opsetImports.first(where: { $0.domain == .onnx }),
            opset.version > options.opsets.onnx
        {
            imported.report.warnings.append("the operators of text need opset \(opset.version), and ONNX Runtime's own")
        }
        return imported
    }
}
