import Diagnostics
import ModelFormats
package import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// Reads fitted estimators of scikit-learn from pickles, joblib and skops files.
package struct ScikitLearnImporter: ModelImporter {
    /// The importer.
    package init() {}

    package var framework: String { "scikit-learn" }

    package var choosesOutputs: Bool { true }

    package var knownVersions: ClosedRange<FrameworkVersion>? { FrameworkVersion(0, 24)...FrameworkVersion(1, 9) }

    package func recognises(_ file: ModelFile) -> Bool {
        guard case .pickle = file.content else { return false }
        return true
    }

    package func importModel(_ file: ModelFile, options: ImportOptions) throws(ModelImportError) -> ImportedModel {
        guard case .pickle(let tree) = file.content else {
            throw ModelImportError(.unknownFormat, "the content is \(file.content.formatName), expected a pickle")
        }
        try refuseForeignGlobals(of: tree)
        let object = EstimatorObject(tree.root)
        let estimator = try object.fitted()
        let graph = ModelGraph(name: estimator.summary.text)
        let names = try object.featureNames()
        let input = try graph.inputs(
            estimator.roles.inputForm,
            names: names,
            featureCount: estimator.featureCount,
            numberType: options.usesDoublePrecision ? .double : .float
        )
        try ModelOutputs.write(estimator.roles, of: input, options: options)
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
        report.warnings = Approximation.warnings(about: tree)
        return ImportedModel(graph.builder, from: file, report: report, options: options)
    }

    /// Nothing of a pickle runs here, but a file that asks for `os.system` is no model, and is not taken for one.
    private func refuseForeignGlobals(of tree: PickleTree) throws(ModelImportError) {
        for global in tree.globals where !isKnown(global) {
            throw ModelImportError(
                .foreignGlobal,
                "the \(tree.format == .skops ? "skops file" : "pickle") names `\(global)`, which no supported model holds",
                hint: "nothing was executed; do not load this file with Python unless you know where it is from"
            )
        }
    }

    private func isKnown(_ global: PickleGlobal) -> Bool {
        let packages = ["sklearn", "numpy", "scipy", "joblib", "pandas"]
        let package = global.module.prefix { $0 != "." }
        let functions: Set<String> = [
            "_codecs.encode", "builtins.object", "__builtin__.object", "copyreg._reconstructor",
            "copy_reg._reconstructor", "builtins.slice", "__builtin__.slice", "builtins.set", "__builtin__.set",
            "builtins.frozenset", "builtins.bytearray", "__builtin__.bytearray", "builtins.bytes",
            "__builtin__.bytes", "builtins.range", "__builtin__.xrange", "builtins.complex", "builtins.float",
            "builtins.int", "builtins.str", "builtins.list", "builtins.dict", "builtins.tuple", "builtins.bool",
            "collections.OrderedDict", "collections.defaultdict", "functools.partial",
        ]
        return packages.contains(String(package)) || functions.contains(global.description)
    }
}
