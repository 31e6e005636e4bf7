import OnnxIR

extension Passes {
    /// An `Einsum` that is a product of stacks of matrices becomes a `MatMul` between transpositions.
    ///
    /// *Source*: attention as Keras writes it, `aecd,abcd->acbe` and `acbe,aecd->abcd`.
    static let einsumProducts = GraphPass.fusion("einsum-products", roots: "Einsum") { match in
        guard match.areFloat(match.output), match.node.inputs.count == 2, let first = match.node.input(0),
            let second = match.node.input(1), match.areFloat(first, second),
            case .string(let equation)? = match.node.attributes["equation"],
            let product = LabelledProduct(equation), product.fits(match.facts(first).shape, match.facts(second).shape)
        else { return nil }
        let operands = product.isSwapped ? [second, first] : [first, second]
        let left = NodeSketch.transposing(.value(operands[0]), product.order(of: product.left, as: product.rows))
        let right = NodeSketch.transposing(.value(operands[1]), product.order(of: product.right, as: product.columns))
        let matrix = NodeSketch("MatMul", opset: 13, [left, right])
        let order = product.order(of: product.matrix, as: product.output)
        return order == order.sorted() ? matrix : NodeSketch(transposing: .node(matrix), order)
    }
}

extension NodeSketch {
    /// The axes of a tensor in another order, if it is another.
    static func transposing(_ operand: Operand, _ order: [Int]) -> Operand {
        order == order.sorted() ? operand : .node(NodeSketch(transposing: operand, order))
    }
}

/// An equation of two operands in which one label is summed over, and each operand has one that the other lacks.
private struct LabelledProduct {
    /// The operand whose own label comes first in the output, and the other.
    let left: [UInt8]
    let right: [UInt8]
    let output: [UInt8]
    /// Whether the operands stand the other way round in the equation.
    let isSwapped: Bool
    /// The labels in the order that a product of matrices takes and makes.
    let rows: [UInt8]
    let columns: [UInt8]
    let matrix: [UInt8]

    init?(_ equation: [UInt8]) {
        let letters = equation.filter { $0 != UInt8(ascii: " ") }
        let sides = letters.split(separator: UInt8(ascii: ">"), omittingEmptySubsequences: false)
        guard sides.count == 2, sides[0].last == UInt8(ascii: "-") else { return nil }
        let operands = sides[0].dropLast().split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard operands.count == 2 else { return nil }
        let terms = operands.map { Array($0) } + [Array(sides[1])]
        for term in terms {
            let isPlain = term.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
            guard isPlain, Set(term).count == term.count, term.count >= 2 else { return nil }
        }
        let output = terms[2]
        let owners = output.map { label in (terms[0].contains(label), terms[1].contains(label)) }
        guard let place = owners.firstIndex(where: { $0 != $1 }) else { return nil }
        let isSwapped = owners[place].1
        let (left, right) = isSwapped ? (terms[1], terms[0]) : (terms[0], terms[1])
        let stack = output.filter { left.contains($0) && right.contains($0) }
        let own = (left.filter { !right.contains($0) }, right.filter { !left.contains($0) })
        let summed = left.filter { right.contains($0) && !output.contains($0) }
        guard own.0.count == 1, own.1.count == 1, summed.count == 1, Set(stack + own.0 + own.1) == Set(output) else {
            return nil
        }
        (self.left, self.right, self.output, self.isSwapped) = (left, right, output, isSwapped)
        rows = stack + own.0 + summed
        columns = stack + summed + own.1
        matrix = stack + own.0 + own.1
    }

    /// In which order the axes of some labels become those of others.
    func order(of labels: [UInt8], as target: [UInt8]) -> [Int] { target.compactMap { labels.firstIndex(of: $0) } }

    /// Whether labels that both operands have stand for the same extents, as far as that is known.
    func fits(_ first: [Dimension]?, _ second: [Dimension]?) -> Bool {
        guard let leftShape = isSwapped ? second : first, let rightShape = isSwapped ? first : second,
            leftShape.count == left.count, rightShape.count == right.count
        else { return false }
        for (axis, label) in left.enumerated() {
            guard let other = right.firstIndex(of: label) else { continue }
            guard leftShape[axis] == rightShape[other], leftShape[axis] != .unknown else { return false }
        }
        return true
    }
}
