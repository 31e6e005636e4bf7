import ContentStore
import Diagnostics
import JSON
package import OnnxBuilder
package import OnnxIR

/// A model as ONNX, and what was read on the way.
package struct ImportedModel: Sendable {
    package var model: Model
    package var report: ImportReport

    /// The graph as a model that says where it came from: producer, domain, a line of documentation, and as metadata
    /// the sha256 of the source, the framework and its version, class labels and feature names.
    package init(_ builder: GraphBuilder, from file: ModelFile, report: ImportReport, options: ImportOptions) {
        model = builder.model()
        model.producerName = "mlpack"
        model.producerVersion = mlpackVersion
        model.domain = "mlpack"
        let framework = [report.framework, report.frameworkVersion].compactMap(\.self).joined(separator: " ")
        model.docString = "\(report.estimator.text) of \(framework)"
        var metadata = [("source_sha256", file.digest.hex), ("framework", report.framework)]
        if let version = report.frameworkVersion { metadata.append(("framework_version", version)) }
        if let labels = report.classLabels { metadata.append(("class_labels", text(labels.json))) }
        if let names = report.featureNames {
            metadata.append(("feature_names", text(.array(names.map { .string($0) }))))
        }
        model.metadata = metadata.map { MetadataEntry(key: $0.0, value: $0.1) }
        self.report = report
    }
}

private func text(_ json: JSONValue) -> String {
    String(decoding: json.serialized(.compact), as: UTF8.self)
}
