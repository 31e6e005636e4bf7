import Diagnostics
import FeatureStatistics
import JSON
import ModelImport
import OnnxIR
import TensorFiles

extension ImportedModel {
    /// The model with statistics of the rows of files in its metadata, which a server holds its inputs against.
    ///
    /// *Parameter* arguments: files as `mlpack run --input` takes them.
    func withReference(_ arguments: [String]) throws -> ImportedModel {
        guard !arguments.isEmpty else { return self }
        let columns = report.featureNames ?? []
        let rows = try readInputs(arguments, for: model.graph.inputs, option: "--reference", columns: columns)
        let inputs = model.graph.inputs.compactMap { info -> ReferenceStatistics.Input? in
            guard let tensor = rows[info.name]?.tensor else { return nil }
            return ReferenceStatistics.Input(name: info.name, of: tensor, names: columns)
        }
        var copy = self
        let text = ReferenceStatistics(inputs: inputs).json.serialized()
        copy.model.metadata.append(
            MetadataEntry(key: ReferenceStatistics.metadataKey, value: String(decoding: text, as: UTF8.self))
        )
        return copy
    }
}
