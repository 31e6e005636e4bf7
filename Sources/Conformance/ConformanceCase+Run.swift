import Diagnostics
import Glibc
package import InferenceEngine
import OnnxIR
import OnnxReader
import Tensors

extension ConformanceCase {
    /// Runs the case; the reason when it fails, `nil` when it passes.
    package func failure(options: InferenceOptions) -> String? {
        do {
            let model = try readModel(path: folder + "/model.onnx")
            let session = try InferenceSession(model, options: options)
            let tolerance = try Tolerance(folder: folder)
            guard !dataSets.isEmpty else { return "no `test_data_set_*` is in the folder" }
            for dataSet in dataSets {
                let inputs = try values(dataSet, "input", model.graph.inputs)
                let expected = try values(dataSet, "output", model.graph.outputs)
                guard !expected.isEmpty else { return "no `output_*.pb` is in `\(dataSet)`" }
                let feeds = Dictionary(inputs, uniquingKeysWith: { first, _ in first })
                if let random = try RandomOutputs(folder: folder) {
                    // A session of its own for each run: what a seed gives must not depend on what ran before.
                    let failure = try random.failure(of: expected, in: dataSet) {
                        try InferenceSession(model, options: options).run(feeds)
                    }
                    if let failure { return failure }
                    continue
                }
                let outputs = try session.run(feeds)
                for (name, wanted) in expected {
                    guard let value = outputs[name] else { return "output `\(name)` is missing" }
                    let comparison = ValueComparison(tolerance: tolerance)
                    if let difference = comparison.difference(value, expected: wanted) {
                        return "output `\(name)`: \(difference)"
                    }
                }
            }
            return nil
        } catch {
            return (error as? any Diagnostic)?.description ?? "\(error)"
        }
    }

    private func values(_ folder: String, _ kind: String, _ infos: [ValueInfo]) throws -> [(String, Value)] {
        var values: [(String, Value)] = []
        for (index, info) in infos.enumerated() {
            let path = "\(folder)/\(kind)_\(index).pb"
            guard access(path, F_OK) == 0 else { continue }
            values.append((info.name, try retyped(readValue(mapFile(path), type: info.type).value, as: info.type)))
        }
        return values
    }

    /// ONNX's own data holds `bfloat16` tensors as the `uint16` of their bits, up to opset 17.
    private func retyped(_ value: Value, as type: ValueType?) throws -> Value {
        guard case .tensor(.bfloat16, _) = type, case .tensor(let tensor) = value, tensor.elementType == .uint16,
            let region = tensor.region
        else { return value }
        return .tensor(try Tensor(elementType: .bfloat16, shape: tensor.shape, region: region))
    }
}
