import Diagnostics
import OnnxIR
import Tensors

/// The distance of each row of a matrix from each row of another.
///
/// *Shapes*: `[m, n], [k, n] → [m, k]`.
struct CDist: Operator {
    private enum Metric: String, CaseIterable {
        case sqeuclidean
        case euclidean
    }

    private let metric: Metric

    static let definition = OperatorDefinition("CDist", domain: .microsoft, since: 1) { node throws(EngineError) in
        CDist(metric: try node.choice("metric", default: .sqeuclidean))
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let first = inputs.shape(0), let second = inputs.shape(1), first.count == 2, second.count == 2 else {
            return [.tensor(inputs.elementType())]
        }
        return [.tensor(inputs.elementType(), [first[0], second[0]])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        switch try call.tensor(0).elementType {
        case .float: return [.tensor(try compute(Float.self, call))]
        case .double: return [.tensor(try compute(Double.self, call))]
        case let type: throw .elementType(type, expected: "float or double")
        }
    }

    private func compute<Element: RealElement>(
        _ type: Element.Type,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let (first, second) = (try call.tensor(0), try call.tensor(1))
        guard first.shape.rank == 2, second.shape.rank == 2, first.shape[1] == second.shape[1] else {
            throw EngineError(
                .shape,
                "the operands have shapes \(first.shape) and \(second.shape), expected matrices with rows of one length"
            )
        }
        let (rows, columns, length) = (first.shape[0], second.shape[0], first.shape[1])
        let (x, y) = (try first.pointer(type), try second.pointer(type))
        return try call.tensor(of: type, call.shape([rows, columns])) { target in
            for row in 0..<rows {
                for column in 0..<columns {
                    var sum: Element = 0
                    for index in 0..<length {
                        let difference = x[row &* length &+ index] - y[column &* length &+ index]
                        sum += difference * difference
                    }
                    target[row &* columns &+ column] = metric == .euclidean ? sum.squareRoot() : sum
                }
            }
        }
    }
}
