import Diagnostics
import OnnxIR
import Tensors

/// Which inputs and outputs of a node have one type, by the variables of its operator's schema.
struct TypeVariables: Sendable {
    /// For each variable the inputs that have its type.
    private let inputs: [[Int]]
    /// For each output its variable's inputs; none where it has a type of its own.
    private let outputs: [[Int]]

    /// `nil` where the standard has no schema of the operator.
    init?(of node: Node, opset: Int?) {
        let version = opset.map { Int64($0) } ?? OperatorSchemas.standard.newestOpset(of: node.domain) ?? 1
        guard
            let schema = OperatorSchemas.standard.schema(domain: node.domain, opType: node.opType, opset: version)
        else { return nil }
        var byVariable: [String: [Int]] = [:]
        for index in node.inputs.indices {
            guard let parameter = schema.input(at: index), !parameter.isHeterogeneous else { continue }
            byVariable[parameter.type, default: []].append(index)
        }
        inputs = byVariable.values.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
        outputs = node.outputs.indices.map { byVariable[schema.output(at: $0)?.type ?? ""] ?? [] }
    }

    /// The half-wide type that an output is rounded to, when the inputs of its variable had one.
    func half(ofOutput index: Int, _ halves: [ElementType?]) -> ElementType? {
        guard index < outputs.count else { return nil }
        return outputs[index].lazy.compactMap { $0 < halves.count ? halves[$0] : nil }.first
    }

    /// Refuses inputs of one variable of which some are half-wide and others are not.
    ///
    /// *Throws*: `elementType`.
    func check(_ values: [Value?], _ halves: [ElementType?]) throws(EngineError) {
        for group in inputs {
            let types = group.compactMap { index -> ElementType? in
                guard index < values.count, case .tensor(let tensor) = values[index] else { return nil }
                return halves[index] ?? tensor.elementType
            }
            guard let first = types.first, let other = types.first(where: { $0 != first }) else { continue }
            throw .elementTypes(first, other)
        }
    }
}
