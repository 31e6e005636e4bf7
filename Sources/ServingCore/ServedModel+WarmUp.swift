import Diagnostics
import Files
import ServingObservation
import Tensors

extension ServedModel {
    /// Computes what its manifest says, or one request of zeros: weights are packed and plans are made before the first
    /// request comes.
    ///
    /// What goes wrong with zeros says nothing of requests, and is passed over, as is the rest of a run that takes more than
    /// a second.
    ///
    /// *Throws*: what goes wrong with a request of the manifest, at that request.
    func warmUp() throws(ServingError) {
        guard !settings.warmUps.isEmpty else {
            guard var request = try? request(of: ModelSettings.WarmUp()) else { return }
            let end = monotonicNanoseconds() + 1_000_000_000
            request.isAbandoned = { monotonicNanoseconds() > end }
            _ = try? infer(request)
            return
        }
        for (index, warmUp) in settings.warmUps.enumerated() {
            try locating(.item("warm-up", "\(index + 1)")) { () throws(ServingError) in
                let request = try request(of: warmUp)
                for _ in 0..<warmUp.runCount { _ = try infer(request) }
            }
        }
    }

    private func request(of warmUp: ModelSettings.WarmUp) throws(ServingError) -> InferenceRequest {
        for name in warmUp.inputs.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
            throw ServingError(.input, "the model has no input `\(name)`")
        }
        var request = InferenceRequest(inputs: [])
        for input in inputs {
            let tensor = try locating(.item("input", input.name)) { () throws(ServingError) in
                try input.tensor(for: warmUp.inputs[input.name] ?? ModelSettings.Input())
            }
            request.inputs.append(NamedTensor(name: input.name, tensor: tensor))
        }
        return request
    }
}

extension TensorMetadata {
    /// The most bytes of an input.
    private static let byteLimit = 64 << 20

    fileprivate func tensor(for input: ModelSettings.Input) throws(ServingError) -> Tensor {
        guard let shape = (input.shape ?? dimensions?.map { $0 ?? 1 }).flatMap(Shape.init) else {
            throw ServingError(.input, "the rank is not known, expected a `shape`")
        }
        // The length of a string takes four bytes.
        let elementType = datatype == .bytes ? .int32 : datatype.elementType
        guard let byteCount = elementType.byteCount(of: shape.elementCount), byteCount <= Self.byteLimit else {
            throw ServingError(.tooLarge, "the input \(shape) is too large, expected at most \(Self.byteLimit) bytes")
        }
        do throws(TensorError) {
            switch input.content {
            case .zeros: return try binaryTensor([UInt8](repeating: 0, count: byteCount)[...], datatype, shape)
            case .values(let texts): return try parsedTensor(texts, datatype, shape)
            case .file(let path):
                let bytes: [UInt8]
                do throws(FileError) { bytes = try readFile(path, limit: Self.byteLimit, takesPipes: false) } catch {
                    throw TensorError(.byteCount, "`\(path)`: \(error.message)")
                }
                return try binaryTensor(bytes[...], datatype, shape)
            }
        } catch {
            throw ServingError(.input, error.message)
        }
    }
}

/// A tensor of elements that are written as text.
private func parsedTensor(_ texts: [String], _ datatype: Datatype, _ shape: Shape) throws(TensorError) -> Tensor {
    switch datatype {
    case .bool: try parsed(texts, shape) { ["true": true, "1": true, "false": false, "0": false][$0] }
    case .uint8: try parsed(texts, shape) { UInt8($0) }
    case .uint16: try parsed(texts, shape) { UInt16($0) }
    case .uint32: try parsed(texts, shape) { UInt32($0) }
    case .uint64: try parsed(texts, shape) { UInt64($0) }
    case .int8: try parsed(texts, shape) { Int8($0) }
    case .int16: try parsed(texts, shape) { Int16($0) }
    case .int32: try parsed(texts, shape) { Int32($0) }
    case .int64: try parsed(texts, shape) { Int64($0) }
    case .fp16: try parsed(texts, shape) { Float16($0) }
    case .fp32: try parsed(texts, shape) { Float($0) }
    case .fp64: try parsed(texts, shape) { Double($0) }
    case .bf16: try parsed(texts, shape) { Float($0).map { BFloat16($0) } }
    case .bytes: try Tensor(strings: texts, shape: shape)
    }
}

private func parsed<Element: TensorElement>(
    _ texts: [String],
    _ shape: Shape,
    _ element: (String) -> Element?
) throws(TensorError) -> Tensor {
    var elements: [Element] = []
    for text in texts {
        guard let value = element(text) else {
            throw TensorError(.elementType, "`\(text)` is no element of the input's datatype")
        }
        elements.append(value)
    }
    return try Tensor(elements, shape: shape)
}
