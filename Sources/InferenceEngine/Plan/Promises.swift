import Diagnostics
import OnnxIR
import Tensors

/// Holds what was inferred of values against the values that a run makes, for tests of the inference.
struct Promises {
    /// The extents that symbols turned out to have.
    private var symbols: [String: Int] = [:]

    /// *Throws*: `graph` when a value is not what was promised.
    mutating func check(_ value: Value, against facts: Facts, _ name: String) throws(EngineError) {
        if let type = facts.type, !fits(value, type) {
            throw EngineError(.graph, "value `\(name)` is \(value.type), expected \(type) by inference")
        }
        guard case .tensor(let tensor) = value else { return }
        if let constant = facts.constant?.tensor, !Self.areEqual(constant, tensor) {
            throw EngineError(.graph, "value `\(name)` differs from the constant that inference has for it")
        }
        guard let extents = facts.extents else { return }
        let elements = try tensor.integers(name)
        guard elements.count == extents.count, zip(elements, extents).allSatisfy({ fits($0, $1) }) else {
            throw EngineError(.graph, "value `\(name)` is \(elements), expected \(extents) by inference")
        }
    }

    private mutating func fits(_ value: Value, _ type: ValueType?) -> Bool {
        guard let type else { return true }
        switch (value, type) {
        case (.tensor(let tensor), .tensor(let elementType, let shape)):
            guard elementType == nil || elementType == tensor.elementType else { return false }
            guard let shape else { return true }
            guard shape.count == tensor.shape.rank else { return false }
            for (extent, dimension) in zip(tensor.shape.dimensions, shape) where !fits(extent, dimension) {
                return false
            }
            return true
        case (.sequence(let values, _), .sequence(let element)):
            for value in values where !fits(value, element?.withoutSymbols) { return false }
            return true
        case (.optional(let held, _), .optional(let element)):
            guard let held else { return true }
            return fits(held, element)
        case (_, .optional(let element)): return fits(value, element)
        case (.map, .map): return true
        default: return false
        }
    }

    private mutating func fits(_ extent: Int, _ dimension: Dimension) -> Bool {
        switch dimension {
        case .fixed(let expected): return extent == expected
        case .unknown: return true
        case .symbol(let name):
            let expected = symbols[name] ?? extent
            symbols[name] = expected
            return extent == expected
        }
    }

    private static func areEqual(_ first: Tensor, _ second: Tensor) -> Bool {
        guard first.elementType == second.elementType, first.shape == second.shape else { return false }
        if let strings = first.strings { return strings == second.strings }
        guard let x = first.region, let y = second.region else { return false }
        return x.bytes.elementsEqual(y.bytes)
    }
}
