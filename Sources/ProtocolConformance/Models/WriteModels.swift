import Diagnostics
import Files
import OnnxIR
import OnnxProtobuf
import ServingCore

/// Writes the models that the cases ask as a model repository: `NAME/VERSION/model.onnx`, and beside the versions the
/// `config.pbtxt` that Triton wants.
///
/// *Returns*: the names of the models.
/// *Throws*: what cannot be written.
package func writeConformanceModels(to folder: String) throws -> [String] {
    let models = try conformanceModels()
    for model in models {
        for (index, graph) in model.versions.enumerated() {
            let place = "\(folder)/\(model.name)/\(index + 1)"
            try makeFolders(place)
            try writeModel(graph, path: place + "/model.onnx", externalData: .never)
        }
        try writeFile("\(folder)/\(model.name)/config.pbtxt", Array(tritonConfiguration(of: model).utf8))
    }
    return models.map(\.name)
}

/// *Source*: Triton, `model_config.proto`, as text.
private func tritonConfiguration(of model: ConformanceModel) -> String {
    let text = { (tensor: ConformanceTensor) in
        let type = tensor.datatype == .bytes ? "STRING" : tensor.datatype.rawValue
        return "{ name: \"\(tensor.name)\" data_type: TYPE_\(type) dims: [ -1, 4 ] }"
    }
    return """
        name: "\(model.name)"
        platform: "onnxruntime_onnx"
        max_batch_size: 0
        input [ \(model.inputs.map(text).joined(separator: ", ")) ]
        output [ \(model.outputs.map(text).joined(separator: ", ")) ]
        version_policy: { all { } }

        """
}
