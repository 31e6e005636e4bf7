import Diagnostics
import OnnxIR
import Synchronization
import Tensors

/// Which inputs and outputs of a node have one type, by the variables of its operator's schema.
///
/// PERF: the schema is read when halves come by, which in most models they never do.
final class TypeVariables: Sendable {
    private struct Groups {
        /// For each variable the inputs that have its type.
        let inputs: [[Int]]
        /// For each output its variable's inputs; none where it has a type of its own.
        let outputs: [[Int]]
    }

    private let domain: OperatorDomain
    private let opType: String
    private let opset: Int?
    private let inputCount: Int
    private let outputCount: Int
    private let read = Mutex<(isRead: Bool, groups: Groups?)>((false, nil))

    init(of node: Node, opset: Int?) {
        domain = node.domain
        opType = node.opType
        self.opset = opset
        inputCount = node.inputs.count
        outputCount = node.outputs.count
    }

    /// `nil` where the standard has no schema of the operator.
    private var groups: Groups? {
        read.withLock { read in
            if !read.isRead { read = (true, readGroups()) }
            return read.groups
        }
    }

    private func readGroups() -> Groups? {
        let version = opset.map { Int64($0) } ?? OperatorSchemas.standard.newestOpset(of: domain) ?? 1
        guard let schema = OperatorSchemas.standard.schema(domain: domain, opType: opType, opset: version) else {
            return nil
        }
        var byVariable: [String: [Int]] = [:]
        for index in 0..<inputCount {
            guard let parameter = schema.input(at: index), !parameter.isHeterogeneous else { continue }
            byVariable[parameter.type, default: []].append(index)
        }
        return Groups(
            inputs: byVariable.values.sorted { ($0.first ?? 0) < ($1.first ?? 0) },
            outputs: (0..<outputCount).map { byVariable[schema.output(at: $0)?.type ?? ""] ?? [] }
        )
    }

    /// The half-wide type that an output is rounded to, when the inputs of its variable had one.
    ///
    /// Where the variables are not known, the first half-wide input decides.
    func half(ofOutput index: Int, _ halves: [ElementType?]) -> ElementType? {
        guard let groups else { return halves.lazy.compactMap(\.self).first }
        guard index < groups.outputs.count else { return nil }
        return groups.outputs[index].lazy.compactMap { $0 < halves.count ? halves[$0] : nil }.first
    }

    /// Whether the inputs of each variable have one type.
    func agree(_ types: [ElementType?]) -> Bool {
        (groups?.inputs ?? []).allSatisfy { group in
            Set(group.compactMap { $0 < types.count ? types[$0] : nil }).count <= 1
        }
    }

    /// Refuses inputs of one variable of which some are half-wide and others are not.
    ///
    /// *Throws*: `elementType`.
    func check(_ values: [Value?], _ halves: [ElementType?]) throws(EngineError) {
        for group in groups?.inputs ?? [] {
            let types = group.compactMap { index -> ElementType? in
                guard index < values.count, case .tensor(let tensor) = values[index] else { return nil }
                return halves[index] ?? tensor.elementType
            }
            guard let first = types.first, let other = types.first(where: { $0 != first }) else { continue }
            throw .elementTypes(first, other)
        }
    }
}
