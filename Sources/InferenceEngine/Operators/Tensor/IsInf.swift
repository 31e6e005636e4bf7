import OnnxIR
import Tensors

/// Whether an element is infinite, on either side unless an attribute excludes one.
struct IsInf: Operator {
    let findsNegative: Bool
    let findsPositive: Bool

    static let definition = OperatorDefinition("IsInf", since: 10, 20, halves: .widened) { node throws(EngineError) in
        IsInf(
            findsNegative: try node.bool("detect_negative", default: true),
            findsPositive: try node.bool("detect_positive", default: true)
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: .bool)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        var input = try call.tensor(0)
        input = try call.widened(input) ?? input
        if input.elementType == .double { return [.tensor(try call.map(input) { (x: Double) in isWanted(x) })] }
        return [.tensor(try call.map(input) { (x: Float) in isWanted(x) })]
    }

    private func isWanted<Element: RealElement>(_ x: Element) -> Bool {
        x.isInfinite && (x < 0 ? findsNegative : findsPositive)
    }
}
