import Diagnostics
import OnnxIR
import Tensors

/// Ones on a diagonal and zeros elsewhere, in the shape of the input.
struct EyeLike: Operator {
    let elementType: ElementType?
    let diagonal: Int

    static let definition = OperatorDefinition("EyeLike", since: 9, 22) { node throws(EngineError) in
        EyeLike(elementType: try node.elementType("dtype"), diagonal: try node.int("k", default: 0))
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: elementType)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        guard input.shape.rank == 2 else {
            throw EngineError(.shape, "input has shape \(input.shape), expected a matrix")
        }
        let columns = input.shape[1]
        let eye = try call.tensor(of: UInt8.self, input.shape, zeroed: true) { target in
            for row in 0..<input.shape[0] {
                let (column, overflow) = row.addingReportingOverflow(diagonal)
                if !overflow, column >= 0, column < columns { target[row * columns + column] = 1 }
            }
        }
        return [.tensor(try call.cast(eye, to: elementType ?? input.elementType))]
    }
}
