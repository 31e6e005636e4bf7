import Diagnostics
import ModelFormats
package import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// Reads fitted estimators of scikit-learn from pickles and joblib files.
package struct ScikitLearnImporter: ModelImporter {
    /// The importer.
    package init() {}

    package var framework: String { "scikit-learn" }

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
        guard let featureCount = estimator.featureCount else {
            throw ModelImportError(.unsupported, "`n_features_in_` is missing, expected the number of features")
        }
        var builder = GraphBuilder(name: estimator.summary.text)
        let input = builder.input("X", .tensor(.float, ["batch", .fixed(featureCount)]))
        let matrix = Matrix(value: input, elementType: .float, columnCount: featureCount)
        let classes = try Self.outputs(of: estimator.role, matrix, &builder, options: options)
        let report = ImportReport(
            framework: framework,
            frameworkVersion: object.version,
            format: file.content.formatName,
            estimator: estimator.summary,
            classLabels: classes,
            featureNames: try object.featureNames()
        )
        return ImportedModel(builder, from: file, report: report, options: options)
    }

    private static func outputs(
        of role: Role,
        _ matrix: Matrix,
        _ builder: inout GraphBuilder,
        options: ImportOptions
    ) throws(ModelImportError) -> ClassLabels? {
        switch role {
        case .transformer(let transformer):
            let result = try transformer.transform(matrix, &builder).cast(to: .float, in: &builder)
            builder.output(
                result.value,
                name: "transformed",
                .tensor(.float, ["batch", .fixed(result.columnCount)])
            )
            return nil
        case .regressor(let regressor):
            var result = try regressor.predict(matrix, &builder).cast(to: .float, in: &builder)
            if !regressor.predictsMatrix {
                let shape = builder.constant(
                    try importing { () throws(TensorError) in try Tensor([-1 as Int64]) },
                    name: "shape"
                )
                result.value = builder.node("Reshape", [result.value, shape])
            }
            let columns: [Dimension] = regressor.predictsMatrix ? [.fixed(result.columnCount)] : []
            builder.output(result.value, name: "prediction", .tensor(.float, ["batch"] + columns))
            return nil
        case .classifier(let classifier):
            let result = try classifier.classify(matrix, &builder)
            let probabilities = result.probabilities.cast(to: .float, in: &builder)
            try builder.classifierOutputs(
                indices: result.indices,
                probabilities: probabilities.value,
                classes: classifier.classes,
                options: options
            )
            return classifier.classes
        }
    }

    /// Nothing of a pickle runs here, but a file that asks for `os.system` is no model, and is not taken for one.
    private func refuseForeignGlobals(of tree: PickleTree) throws(ModelImportError) {
        for global in tree.globals where !isKnown(global) {
            throw ModelImportError(
                .foreignGlobal,
                "the pickle names `\(global)`, which no supported model holds",
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
            "collections.OrderedDict", "collections.defaultdict",
        ]
        return packages.contains(String(package)) || functions.contains(global.description)
    }
}
