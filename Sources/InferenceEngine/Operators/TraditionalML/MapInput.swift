import Diagnostics
import OnnxIR
import Tensors

/// The entries of a map of single elements.
struct MapInput {
    let keys: Tensor
    /// The elements, as a vector in the order of the keys.
    let values: Tensor

    /// *Throws*: `elementType` when the input is no map, `shape` when a value has not one element.
    init(_ call: OperatorCall, _ index: Int) throws(EngineError) {
        guard case .map(let keys, let values, let type) = try call.value(index) else {
            throw EngineError(.elementType, "input \(index) is not a map")
        }
        self.keys = keys
        var elements: [Tensor] = []
        for value in values {
            guard let tensor = value.tensor, tensor.shape.elementCount == 1 else {
                throw EngineError(.shape, "a value of the map is not a single element")
            }
            elements.append(try tensor.with(shape: .vector(1)))
        }
        guard elements.isEmpty else {
            self.values = try call.concatenated(elements, axis: 0)
            return
        }
        guard case .tensor(let elementType?, _) = type else {
            throw EngineError(.elementType, "input \(index) is an empty map of values of no known type")
        }
        self.values =
            elementType == .string
            ? try .of(strings: []) : try Tensor.ofBytes(elementType: elementType, shape: .vector(0)) { _ in }
    }
}

extension InputFacts {
    /// The type of the elements of a map.
    func mapElementType(_ index: Int = 0) -> ElementType? {
        guard case .map(_, .tensor(let elementType, _)) = self[index].type else { return nil }
        return elementType
    }
}
