import ServingObservation
import Tensors

extension ServedModel {
    /// Runs the model once on zeros, with 1 for every extent that varies: weights are packed and a plan is made before the
    /// first request comes.
    ///
    /// What goes wrong there says nothing of requests, and is passed over, as is the rest of a run that takes more than a second.
    func warmUp() {
        var request = InferenceRequest(inputs: [])
        for input in inputs {
            guard let tensor = input.zeros else { return }
            request.inputs.append(NamedTensor(name: input.name, tensor: tensor))
        }
        let end = monotonicNanoseconds() + 1_000_000_000
        request.isAbandoned = { monotonicNanoseconds() > end }
        _ = try? infer(request)
    }
}

extension TensorMetadata {
    /// A tensor of zeros, or of empty strings; `nil` for one of unknown rank or of more than 64 MiB.
    fileprivate var zeros: Tensor? {
        guard let shape = dimensions.flatMap({ extents in Shape(extents.map { $0 ?? 1 }) }),
            // The length of a string takes four bytes.
            let byteCount = (datatype == .bytes ? .int32 : datatype.elementType).byteCount(of: shape.elementCount),
            byteCount <= 64 << 20
        else { return nil }
        return try? binaryTensor([UInt8](repeating: 0, count: byteCount)[...], datatype, shape)
    }
}
