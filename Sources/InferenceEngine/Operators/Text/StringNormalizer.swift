import Diagnostics
import OnnxIR
import Tensors

/// Strings without stop words, in lower or upper case.
///
/// Stop words are whole elements. Case is that of Unicode's default mappings, which know no locale, so that a model says
/// the same on every machine: `locale` is read and has no effect. One letter may become several, `ß` in upper case `SS`.
///
/// *Shapes*: `[n] → [m]` or `[1, n] → [1, m]`; where no string is left, one empty string stands for all.
struct StringNormalizer: Operator {
    private enum CaseChange: String, CaseIterable, Sendable {
        case none = "NONE"
        case lower = "LOWER"
        case upper = "UPPER"
    }

    private let caseChange: CaseChange
    private let isCaseSensitive: Bool
    private let stopWords: Set<ExactText>

    static let definition = OperatorDefinition("StringNormalizer", since: 10) { node throws(EngineError) in
        _ = try node.string("locale")
        let isCaseSensitive = try node.bool("is_case_sensitive", default: false)
        let words = try node.strings("stopwords") ?? []
        return StringNormalizer(
            caseChange: try node.choice("case_change_action", default: .none),
            isCaseSensitive: isCaseSensitive,
            stopWords: Set(words.map { ExactText(isCaseSensitive ? $0 : $0.lowercased()) })
        )
    }

    func infer(_ inputs: InputFacts) -> [Facts] {
        guard let shape = inputs.shape(), let last = shape.last, shape.count <= 2 else { return [.tensor(.string)] }
        let left = stopWords.isEmpty ? last.map { max(1, $0) } : .unknown
        return [.tensor(.string, shape.count == 1 ? [left] : [.fixed(1), left])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        let shape = input.shape
        guard shape.rank == 1 || (shape.rank == 2 && shape[0] == 1) else {
            throw EngineError(.shape, "input has shape \(shape), expected [n] or [1, n]")
        }
        var texts = try input.stringElements()
        if !stopWords.isEmpty {
            texts.removeAll { stopWords.contains(ExactText(isCaseSensitive ? $0 : $0.lowercased())) }
        }
        switch caseChange {
        case .none: break
        case .lower: texts = texts.map { $0.lowercased() }
        case .upper: texts = texts.map { $0.uppercased() }
        }
        if texts.isEmpty { texts = [""] }
        let leading = [Int](repeating: 1, count: shape.rank - 1)
        return [.tensor(try .of(strings: texts, call.shape(leading + [texts.count])))]
    }
}
