import Diagnostics
import OnnxIR
import Tensors

/// Sums of products over named axes: Einstein's notation, with `...` for axes that broadcast.
struct Einsum: Operator {
    private let inputs: [[Character]]
    private let output: [Character]?

    static let definition = OperatorDefinition("Einsum", since: 12, halves: .widened) { node throws(EngineError) in
        let equation = try node.required("equation", node.string("equation"))
        let text = equation.filter { $0 != " " }.split(separator: "...", omittingEmptySubsequences: false)
            .joined(separator: ".")
        let sides = text.split(separator: ">", omittingEmptySubsequences: false)
        let left = sides[0].hasSuffix("-") ? sides[0].dropLast() : sides[0]
        let terms = left.split(separator: ",", omittingEmptySubsequences: false).map { Array($0) }
        let all = terms.joined() + (sides.count > 1 ? Array(sides[1]) : [])
        guard sides.count <= 2, all.allSatisfy({ $0 == "." || ($0.isASCII && $0.isLetter) }),
            terms.allSatisfy({ $0.filter { $0 == "." }.count <= 1 })
        else { throw .attribute("equation", "`\(equation)`", expected: "terms of letters such as `ij,jk->ik`") }
        return Einsum(inputs: terms, output: sides.count > 1 ? Array(sides[1]) : nil)
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(inputs.elementType())] }

    /// An axis of the sum: a letter, or an axis behind the dots, counted from the last.
    private enum Label: Hashable {
        case letter(Character)
        case dots(Int)
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let tensors = try call.tensors()
        guard tensors.count == inputs.count else {
            throw EngineError(.input, "\(tensors.count) inputs are given, expected \(inputs.count)")
        }
        var extents: [Label: Int] = [:]
        var labels: [[Label]] = []
        var dots = 0
        for (tensor, term) in zip(tensors, inputs) {
            let letters = term.filter { $0 != "." }.count
            let hidden = term.contains(".") ? tensor.shape.rank - letters : 0
            guard hidden >= 0, letters + hidden == tensor.shape.rank else {
                throw EngineError(
                    .shape,
                    "an input has shape \(tensor.shape), expected an axis for each of `\(String(term))`"
                )
            }
            dots = max(dots, hidden)
            let expanded = Self.expand(term, hidden)
            for (axis, label) in expanded.enumerated() {
                let extent = tensor.shape[axis]
                let known = extents[label] ?? 1
                guard known == extent || known == 1 || extent == 1 else {
                    throw EngineError(.shape, "an axis has extent \(extent), expected \(known) as under the same name")
                }
                extents[label] = known == 1 ? extent : known
            }
            labels.append(expanded)
        }
        let wanted: [Label]
        if let output {
            wanted = Self.expand(output, output.contains(".") ? dots : 0)
        } else {
            let letters = inputs.joined().filter { $0 != "." }
            let single = Set(letters).filter { letter in letters.filter { $0 == letter }.count == 1 }.sorted()
            wanted = (0..<dots).reversed().map { .dots($0) } + single.map { .letter($0) }
        }
        guard wanted.allSatisfy({ extents[$0] != nil }) else {
            throw EngineError(.attribute, "the output of `equation` names an axis that no input has")
        }
        guard Set(wanted).count == wanted.count else {
            throw EngineError(.attribute, "the output of `equation` names an axis twice")
        }
        let summed = extents.keys.filter { !wanted.contains($0) }
        let order = wanted + summed
        let shape = try call.shape(wanted.map { extents[$0] ?? 1 })
        let total = try call.shape(order.map { extents[$0] ?? 1 })
        guard total.elementCount <= 1 << 32 else {
            throw EngineError(.limit, "the sum has \(total.elementCount) terms, more than the limit of \(1 << 32)")
        }
        try call.state.check(.int64, total)
        let strides = zip(tensors, labels).map { tensor, labels in
            order.map { label in
                labels.indices.filter { labels[$0] == label && tensor.shape[$0] != 1 }
                    .reduce(0) { $0 + tensor.shape.strides[$1] }
            }
        }
        let offsets = strides.map { stridedOffsets(total.dimensions, $0) }
        let step = shape.elementCount == 0 ? 0 : total.elementCount / shape.elementCount
        switch tensors[0].elementType {
        case .float: return [.tensor(try sum(Float.self, tensors, offsets, shape, step, call))]
        case .double: return [.tensor(try sum(Double.self, tensors, offsets, shape, step, call))]
        case .int32: return [.tensor(try sum(Int32.self, tensors, offsets, shape, step, call))]
        case .int64: return [.tensor(try sum(Int64.self, tensors, offsets, shape, step, call))]
        case let type: throw .elementType(type, expected: "float, double, int32 or int64")
        }
    }

    private static func expand(_ term: [Character], _ hidden: Int) -> [Label] {
        term.flatMap { letter -> [Label] in
            letter == "." ? (0..<hidden).reversed().map { .dots($0) } : [.letter(letter)]
        }
    }

    private func sum<Element: WrappingNumber>(
        _ type: Element.Type,
        _ tensors: [Tensor],
        _ offsets: [[Int]],
        _ shape: Shape,
        _ step: Int,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        var sources: [UnsafePointer<Element>] = []
        for tensor in tensors { sources.append(try tensor.pointer(type)) }
        return try call.tensor(of: type, shape) { target in
            for index in 0..<shape.elementCount {
                var sum: Element = 0
                for term in (index * step)..<((index + 1) * step) {
                    var product: Element = 1
                    for (source, places) in zip(sources, offsets) {
                        product = Element.wrappingMultiply(product, source[places[term]])
                    }
                    sum = Element.wrappingAdd(sum, product)
                }
                target[index] = sum
            }
        }
    }
}
