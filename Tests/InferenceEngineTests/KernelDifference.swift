import InferenceEngine
import OnnxIR
import Tensors
import Testing

/// Runs nodes by kernels and by the reference interpreter, and gives the greatest difference of the output `y`: relative
/// to the largest value for floats, in steps for integers and truth values.
///
/// A kernel whose label begins with `kernel` must be among those that ran.
func kernelDifference(
    _ nodes: [Node],
    _ initializers: [String: Tensor],
    _ feeds: [String: Tensor],
    kernel: String,
    options: InferenceOptions = .default
) throws -> Float {
    let model = model(
        nodes,
        inputs: feeds.keys.sorted(),
        outputs: ["y"],
        initializers: initializers,
        types: feeds.mapValues { .tensor($0.elementType, shape: nil) },
        opsets: [OpsetImport(domain: .onnx, version: 21), OpsetImport(domain: .microsoft, version: 1)]
    )
    let values = feeds.mapValues { Value.tensor($0) }
    var options = options
    options.checksInference = true
    let profile = RunProfile()
    let session = try InferenceSession(model, options: options)
    let own = try #require(try session.run(values, profile: profile)["y"]?.tensor)
    #expect(profile.events.contains { $0.label.hasPrefix(kernel) }, "\(profile.events.map(\.label))")
    let reference = try #require(try InferenceSession(model, options: .reference).run(values)["y"]?.tensor)
    #expect(own.elementType == reference.elementType && own.shape == reference.shape)
    let pairs = zip(try numbers(own), try numbers(reference)).filter { !($0.isNaN && $1.isNaN) }
    let difference = pairs.map { abs($0 - $1) }.max() ?? 0
    guard own.elementType == .float else { return difference }
    return difference / max(pairs.map { abs($1) }.max() ?? 1, 1e-30)
}

private func numbers(_ tensor: Tensor) throws -> [Float] {
    switch tensor.elementType {
    case .bool: try tensor.elements(as: Bool.self).map { $0 ? 1 : 0 }
    case .uint8: try tensor.elements(as: UInt8.self).map { Float($0) }
    case .int8: try tensor.elements(as: Int8.self).map { Float($0) }
    case .int32: try tensor.elements(as: Int32.self).map { Float($0) }
    case .int64: try tensor.elements(as: Int64.self).map { Float($0) }
    default: try tensor.elements(as: Float.self)
    }
}
