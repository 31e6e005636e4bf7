import Diagnostics
import ServingObservation
package import Tensors

/// A request and its answer as they are kept: of large tensors the beginning.
package struct InferenceSample: Sendable {
    /// A tensor, or its beginning.
    package struct Part: Sendable {
        package let name: String
        package let datatype: Datatype
        /// The shape of the whole tensor.
        package let shape: Shape
        /// The elements that are kept, flat.
        package let elements: Tensor
    }

    /// When it was answered, in nanoseconds since 1970.
    package let time: Int
    /// What the access log calls the request; empty when nobody gave it an id.
    package let id: String
    package let modelName: String
    package let modelVersion: String
    package private(set) var inputs: [Part] = []
    package private(set) var outputs: [Part] = []

    /// How many elements of a tensor are kept, and how many bytes of its strings.
    package static let elementLimit = 1024
    static let stringByteLimit = 64 << 10

    /// `nil` when memory is out.
    init?(id: String, model: ServedModel, inputs: [NamedTensor], outputs: [NamedTensor]) {
        time = nanosecondsSince1970()
        self.id = id
        modelName = model.name
        modelVersion = model.version
        for input in inputs { self.inputs.append(contentsOf: Part(input).map { [$0] } ?? []) }
        for output in outputs { self.outputs.append(contentsOf: Part(output).map { [$0] } ?? []) }
        guard self.inputs.count == inputs.count, self.outputs.count == outputs.count else { return nil }
    }

    /// Whether a tensor is not kept as a whole.
    package var isCut: Bool { (inputs + outputs).contains { $0.elements.shape.elementCount < $0.shape.elementCount } }
}

extension InferenceSample.Part {
    fileprivate init?(_ named: NamedTensor) {
        guard let datatype = Datatype(named.tensor.elementType) else { return nil }
        name = named.name
        self.datatype = datatype
        shape = named.tensor.shape
        guard let elements = try? named.tensor.beginning(datatype) else { return nil }
        self.elements = elements
    }
}

extension Tensor {
    /// The first elements, flat.
    fileprivate func beginning(_ datatype: Datatype) throws(TensorError) -> Tensor? {
        switch storage {
        case .strings(let strings):
            var byteCount = 0
            let kept = strings.prefix(InferenceSample.elementLimit).prefix { string in
                byteCount += string.utf8.count
                return byteCount <= InferenceSample.stringByteLimit
            }
            return try Tensor(strings: Array(kept), shape: Shape([kept.count]) ?? .scalar)
        case .bytes(let region):
            let count = min(shape.elementCount, InferenceSample.elementLimit)
            guard let byteCount = elementType.byteCount(of: count), let shape = Shape([count]) else { return nil }
            let bytes = UnsafeRawBufferPointer(rebasing: region.bytes.prefix(byteCount))
            return try Tensor(elementType: elementType, shape: shape, region: try .copying(bytes))
        }
    }
}
