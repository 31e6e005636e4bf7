import Diagnostics
import OnnxIR
import RegularExpressions
import Tensors

/// Whether each string matches a pattern from its start to its end.
struct RegexFullMatch: Operator {
    private let expression: RegularExpression

    static let definition = OperatorDefinition("RegexFullMatch", since: 20) { node throws(EngineError) in
        let pattern = try node.required("pattern", node.string("pattern"))
        do throws(RegularExpressionError) {
            return RegexFullMatch(expression: try RegularExpression(pattern))
        } catch {
            let shown = pattern.count > 60 ? pattern.prefix(60) + "…" : pattern[...]
            throw EngineError(.attribute, "attribute `pattern` is `\(shown)`, expected RE2's syntax: \(error.message)")
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: .bool)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let texts = try input.stringElements()
        try call.state.check(.bool, input.shape)
        var matches: [Bool] = []
        matches.reserveCapacity(texts.count)
        do throws(RegularExpressionError) {
            for text in texts { matches.append(try expression.matchesWhole(text)) }
        } catch {
            throw EngineError(.memory, error.message)
        }
        return [.tensor(try .of(matches, input.shape))]
    }
}
