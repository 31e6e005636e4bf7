import Diagnostics
import Files
import JSON
import OnnxIR

/// A saved model as a command names it: a file, or a model directory of MLflow.
package struct SavedModel: Sendable {
    /// What was asked for.
    package let path: String
    /// The file that holds the model.
    package let filePath: String
    /// What the directory says; `nil` for a file.
    package let mlflow: MLflowModel?

    /// Looks at a path, and reads the `MLmodel` file where it is a directory.
    package init(path: String) throws(ModelImportError) {
        self.path = path
        guard isFolder(path) else {
            filePath = path
            mlflow = nil
            return
        }
        var folder = path[...]
        while folder.count > 1, folder.hasSuffix("/") { folder = folder.dropLast() }
        let mlflow = try MLflowModel(folder: String(folder))
        self.mlflow = mlflow
        filePath = "\(folder)/\(mlflow.file)"
    }

    /// The file, read and recognised; `nil` for an ONNX model, and for what is of no known format.
    ///
    /// *Throws*: what the reader of the format finds wrong.
    package func file(limits: ModelImportLimits = .default) throws(ModelImportError) -> ModelFile? {
        guard !looksLikeOnnx(filePath) else { return nil }
        do throws(ModelImportError) {
            return try ModelFile(path: filePath, limits: limits)
        } catch {
            guard error.code == .unknownFormat else { throw error }
            return nil
        }
    }

    /// Adds to an import what the directory says: version and names where the file is silent, and what contradicts it.
    package func complete(_ imported: inout ImportedModel) {
        guard let mlflow else { return }
        imported.report.mlflow = mlflow
        if imported.report.frameworkVersion == nil, let version = mlflow.frameworkVersion {
            imported.report.frameworkVersion = version
            imported.model.metadata.append(MetadataEntry(key: "framework_version", value: version))
        }
        guard let names = mlflow.signature?.columnNames else { return }
        guard let count = imported.report.featureNames?.count ?? imported.featureCount else { return }
        guard names.count == count else {
            imported.report.warnings.append("the signature has \(names.count) columns, and the model \(count) features")
            return
        }
        guard let known = imported.report.featureNames else { return imported.setFeatureNames(names) }
        if let (own, other) = zip(known, names).first(where: { $0 != $1 }) {
            imported.report.warnings.append("the signature names feature `\(own)` `\(other)`")
        }
    }
}

/// Whether a file starts as ONNX models do.
package func looksLikeOnnx(_ path: String) -> Bool {
    // SPEC: onnx.proto: field 1 of a model is its IR version, which protobuf's writers put first.
    firstByte(of: path) == 0x08
}

extension ImportedModel {
    /// The columns of the one matrix that the model takes; the number of inputs where each column is one.
    fileprivate var featureCount: Int? {
        let inputs = model.graph.inputs
        guard inputs.count == 1 else { return inputs.count }
        guard case .tensor(_, let shape?)? = inputs[0].type, shape.count == 2, case .fixed(let count) = shape[1]
        else { return nil }
        return Int(exactly: count)
    }

    fileprivate mutating func setFeatureNames(_ names: [String]) {
        report.featureNames = names
        let json = JSONValue.array(names.map { .string($0) })
        let text = String(decoding: json.serialized(.compact), as: UTF8.self)
        model.metadata.append(MetadataEntry(key: "feature_names", value: text))
    }
}
