import Diagnostics
import OnnxIR
import Tensors

/// Sums of products over named axes: Einstein's notation, with `...` for axes that broadcast.
struct Einsum: Operator {
    private let inputs: [[Character]]
    private let output: [Character]?

    static let definition = OperatorDefinition("Einsum", since: 12, 28, halves: .widened) { node throws(EngineError) in
        let equation = try node.required("equation", node.string("equation"))
        guard let einsum = Einsum(equation) else {
            throw .attribute("equation", "`\(equation)`", expected: "terms of letters such as `ij,jk->ik`")
        }
        return einsum
    }

    private init?(_ equation: String) {
        guard let symbols = Self.symbols(of: equation) else { return nil }
        let sides = symbols.split(separator: ">", omittingEmptySubsequences: false)
        let left = sides[0].last == "-" ? sides[0].dropLast() : sides[0]
        inputs = left.split(separator: ",", omittingEmptySubsequences: false).map { Array($0) }
        output = sides.count > 1 ? Array(sides[1]) : nil
        let all = inputs.joined() + (output ?? [])
        guard sides.count <= 2, all.allSatisfy({ $0 == "." || ($0.isASCII && $0.isLetter) }),
            inputs.allSatisfy({ $0.filter { $0 == "." }.count <= 1 })
        else { return nil }
    }

    /// The characters of an equation without blanks, `.` for each `...`; `nil` when there are fewer dots.
    private static func symbols(of equation: String) -> [Character]? {
        var symbols: [Character] = []
        var dots = 0
        for character in equation where character != " " {
            if character == "." {
                dots = (dots + 1) % 3
                if dots == 0 { symbols.append(".") }
            } else {
                guard dots == 0 else { return nil }
                symbols.append(character)
            }
        }
        return dots == 0 ? symbols : nil
    }

    func infer(_ facts: InputFacts) -> [Facts] {
        var extents: [Label: Dimension] = [:]
        var dots = 0
        for (index, term) in inputs.enumerated() {
            guard let shape = facts.shape(index), let labels = Self.expand(term, rank: shape.count) else {
                return [.tensor(facts.elementType())]
            }
            dots = max(dots, shape.count - term.filter { $0 != "." }.count)
            for (label, extent) in zip(labels, shape) {
                extents[label] = [extents[label] ?? 1].broadcast(with: [extent])[0]
            }
        }
        let shape = wanted(dots: dots).map { extents[$0] ?? .unknown }
        return [.tensor(facts.elementType(), facts.count == inputs.count ? shape : nil)]
    }

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
            guard let expanded = Self.expand(term, rank: tensor.shape.rank) else {
                throw EngineError(
                    .shape,
                    "an input has shape \(tensor.shape), expected an axis for each of `\(String(term))`"
                )
            }
            dots = max(dots, tensor.shape.rank - term.filter { $0 != "." }.count)
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
        let wanted = wanted(dots: dots)
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
        let strides = zip(tensors, labels).map { tensor, labels in
            order.map { label in
                labels.indices.filter { labels[$0] == label && tensor.shape[$0] != 1 }
                    .reduce(0) { $0 + tensor.shape.strides[$1] }
            }
        }
        let offsets = strides.map { StridedOffsets(total.dimensions, $0) }
        let step = shape.elementCount == 0 ? 0 : total.elementCount / shape.elementCount
        switch tensors[0].elementType {
        case .float: return [.tensor(try sum(Float.self, tensors, offsets, shape, step, call))]
        case .double: return [.tensor(try sum(Double.self, tensors, offsets, shape, step, call))]
        case .int8: return [.tensor(try sum(Int8.self, tensors, offsets, shape, step, call))]
        case .int16: return [.tensor(try sum(Int16.self, tensors, offsets, shape, step, call))]
        case .int32: return [.tensor(try sum(Int32.self, tensors, offsets, shape, step, call))]
        case .int64: return [.tensor(try sum(Int64.self, tensors, offsets, shape, step, call))]
        case .uint8: return [.tensor(try sum(UInt8.self, tensors, offsets, shape, step, call))]
        case .uint16: return [.tensor(try sum(UInt16.self, tensors, offsets, shape, step, call))]
        case .uint32: return [.tensor(try sum(UInt32.self, tensors, offsets, shape, step, call))]
        case .uint64: return [.tensor(try sum(UInt64.self, tensors, offsets, shape, step, call))]
        case let type: throw .elementType(type, expected: "a number type")
        }
    }

    /// The axes of the output: those that it names, or all that stand once, in alphabetical order, behind the dots.
    private func wanted(dots: Int) -> [Label] {
        if let output { return Self.expand(output, dots) }
        let letters = inputs.joined().filter { $0 != "." }
        let single = Set(letters).filter { letter in letters.filter { $0 == letter }.count == 1 }.sorted()
        return (0..<dots).reversed().map { .dots($0) } + single.map { .letter($0) }
    }

    /// The axes of an input; `nil` when it has another rank than its term.
    private static func expand(_ term: [Character], rank: Int) -> [Label]? {
        let hidden = rank - term.filter { $0 != "." }.count
        guard hidden == 0 || (hidden > 0 && term.contains(".")) else { return nil }
        return expand(term, hidden)
    }

    private static func expand(_ term: [Character], _ hidden: Int) -> [Label] {
        term.flatMap { letter -> [Label] in
            letter == "." ? (0..<hidden).reversed().map { .dots($0) } : [.letter(letter)]
        }
    }

    private func sum<Element: WrappingNumber>(
        _ type: Element.Type,
        _ tensors: [Tensor],
        _ offsets: [StridedOffsets],
        _ shape: Shape,
        _ step: Int,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        var sources: [UnsafePointer<Element>] = []
        for tensor in tensors { sources.append(try tensor.pointer(type)) }
        return try call.tensor(of: type, shape) { target in
            var walks = offsets.map { $0.makeIterator() }
            for index in 0..<shape.elementCount {
                var sum: Element = 0
                for _ in 0..<step {
                    var product: Element = 1
                    for input in walks.indices {
                        product = Element.wrappingMultiply(product, sources[input][walks[input].next() ?? 0])
                    }
                    sum = Element.wrappingAdd(sum, product)
                }
                target[index] = sum
            }
        }
    }
}
