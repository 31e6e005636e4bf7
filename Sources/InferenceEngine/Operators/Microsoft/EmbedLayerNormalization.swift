import Diagnostics
import OnnxIR
import Tensors

/// The layer normalisation of the sum of the embeddings of words, positions and segments; with the number of words.
struct EmbedLayerNormalization: Operator {
    private let epsilon: Float

    static let definition = OperatorDefinition(
        "EmbedLayerNormalization",
        domain: .microsoft,
        since: 1,
        halves: .widened
    ) { node throws(EngineError) in
        EmbedLayerNormalization(epsilon: try node.float("epsilon", default: 1e-12))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let shape = inputs.shape().flatMap { ids in
            ids.count == 2 ? ids + [inputs.shape(2)?.last ?? .unknown] : nil
        }
        let type = inputs.elementType(2)
        return [.tensor(type, shape), .tensor(.int32, shape.map { [$0[0]] }), .tensor(type, shape)]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let words = try call.tensor(0)
        guard words.shape.rank == 2 else {
            throw EngineError(.shape, "`input_ids` has shape \(words.shape), expected [samples, length]")
        }
        let (samples, length) = (words.shape[0], words.shape[1])
        let size = try call.tensor(2).shape.dimensions.last ?? 0
        let shape = try call.shape([samples, length, size])
        var sum = try call.tensor(of: Float.self, shape, zeroed: true) { _ in }
        for (name, ids, table) in try tables(words, call) {
            sum = try adding(name, ids, table, to: sum, call)
        }
        let rows = try NormalizedRows(
            Float.self,
            sum,
            length: size,
            scale: call.tensor(5),
            shift: call.tensor(6),
            epsilon: epsilon,
            isSimplified: false,
            call
        )
        guard call.outputCount > 1 else { return [.tensor(rows.result)] }
        return [.tensor(rows.result), .tensor(try wordCounts(call, words.shape)), .tensor(sum)]
    }

    /// For each embedding the places of its table that are looked up, one for each word, and the table.
    private func tables(
        _ words: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> [(name: String, ids: [Int], table: Tensor)] {
        let count = words.shape.elementCount
        let length = words.shape[1]
        var tables = [(name: "input_ids", ids: try words.integers("`input_ids`"), table: try call.tensor(2))]
        if let segments = try call.optionalTensor(1) {
            guard segments.shape == words.shape else {
                throw EngineError(.shape, "`segment_ids` has shape \(segments.shape), expected \(words.shape)")
            }
            tables.append(("segment_ids", try segments.integers("`segment_ids`"), try call.tensor(4)))
        }
        guard let positions = try call.optionalTensor(8) else {
            return tables + [("position_ids", (0..<count).map { $0 % length }, try call.tensor(3))]
        }
        let ids = try positions.integers("`position_ids`")
        guard positions.shape == words.shape || positions.shape.dimensions == [1, length] else {
            throw EngineError(
                .shape,
                "`position_ids` has shape \(positions.shape), expected \(words.shape) or [1, \(length)]"
            )
        }
        return tables + [("position_ids", (0..<count).map { ids[$0 % ids.count] }, try call.tensor(3))]
    }

    private func adding(
        _ name: String,
        _ ids: [Int],
        _ table: Tensor,
        to sum: Tensor,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let size = sum.shape[2]
        guard table.shape.rank == 2, table.shape[1] == size else {
            throw EngineError(.shape, "the embedding of `\(name)` has shape \(table.shape), expected [any, \(size)]")
        }
        for id in ids where id < 0 || id >= table.shape[0] {
            throw EngineError(.index, "`\(name)` has \(id), expected 0 to \(table.shape[0] - 1)")
        }
        let (old, rows) = (try sum.pointer(Float.self), try table.pointer(Float.self))
        return try call.tensor(of: Float.self, sum.shape) { target in
            for (place, id) in ids.enumerated() {
                for index in 0..<size {
                    target[place &* size &+ index] = old[place &* size &+ index] + rows[id &* size &+ index]
                }
            }
        }
    }

    /// How many words of each sample the mask marks with 1; 0 without a mask.
    private func wordCounts(_ call: OperatorCall, _ shape: Shape) throws(EngineError) -> Tensor {
        guard let mask = try call.optionalTensor(7) else {
            return try .of([Int32](repeating: 0, count: shape[0]))
        }
        guard mask.shape == shape else {
            throw EngineError(.shape, "`mask` has shape \(mask.shape), expected \(shape)")
        }
        let marks = try mask.integers("`mask`")
        return try .of(
            (0..<shape[0]).map { sample in
                Int32(truncatingIfNeeded: marks[(sample * shape[1])..<((sample + 1) * shape[1])].count { $0 == 1 })
            }
        )
    }
}
