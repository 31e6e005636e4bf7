import Diagnostics
import ModelFormats
package import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// Reads fitted estimators of scikit-learn from pickles and joblib files.
package struct ScikitLearnImporter: ModelImporter {
    private let foreignReaders: [any PickledEstimatorReader]

    /// The importer; `foreignReaders` read the estimators of other frameworks that pipelines hold.
    package init(foreignReaders: [any PickledEstimatorReader] = []) {
        self.foreignReaders = foreignReaders
    }

    package var framework: String { "scikit-learn" }

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
}
