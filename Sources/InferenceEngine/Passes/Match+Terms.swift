import Glibc

/// A number times powers of values.
struct Product {
    var coefficient = 1.0
    var powers: [ValueID: Int] = [:]

    /// The value, when the product is a number times it.
    var onlyFactor: ValueID? { powers.count == 1 && powers.first?.value == 1 ? powers.first?.key : nil }
}

/// `constant + coefficient · value`.
struct Affine {
    var constant = 0.0
    var coefficient = 1.0
    var value: ValueID
}

/// What a value is in terms of others, however the model associates and commutes its operations.
extension Match {
    private static let largestDepth = 8

    /// A value as a product, through `Mul`, `Div`, `Neg`, `Reciprocal` and `Pow` whose results the pattern may step over.
    ///
    /// `enters` lets it step over the value itself even when several nodes read that.
    mutating func product(of value: ValueID, enters: Bool = false) -> Product {
        var product = Product()
        multiply(&product, by: value, power: 1, enters: enters, depth: 0)
        product.powers = product.powers.filter { $0.value != 0 }
        return product
    }

    private mutating func multiply(
        _ product: inout Product,
        by value: ValueID,
        power: Int,
        enters: Bool = false,
        depth: Int
    ) {
        let names = ["Mul", "Div", "Neg", "Reciprocal", "Pow"]
        let node = depth < Self.largestDepth ? factorNode(value, names, enters: enters) : nil
        guard let node, let first = node.input(0) else {
            product.powers[value, default: 0] += power
            return
        }
        let second = node.input(1)
        switch (node.definition.name, second) {
        case ("Neg", _):
            if !power.isMultiple(of: 2) { product.coefficient.negate() }
            multiply(&product, by: first, power: power, depth: depth + 1)
        case ("Reciprocal", _): multiply(&product, by: first, power: -power, depth: depth + 1)
        case ("Pow", let second?):
            let exponent = index.scalar(second, beside: first).flatMap { Int(exactly: $0) } ?? 1
            multiply(&product, by: first, power: power * exponent, depth: depth + 1)
        case (let name, let second?):
            let sign = name == "Div" ? -1 : 1
            if let number = index.scalar(second, beside: first) {
                product.coefficient *= pow(number, Double(power * sign))
                multiply(&product, by: first, power: power, depth: depth + 1)
            } else if let number = index.scalar(first, beside: second) {
                product.coefficient *= pow(number, Double(power))
                multiply(&product, by: second, power: power * sign, depth: depth + 1)
            } else {
                multiply(&product, by: first, power: power, depth: depth + 1)
                multiply(&product, by: second, power: power * sign, depth: depth + 1)
            }
        default: product.powers[value, default: 0] += power
        }
    }

    private mutating func factorNode(_ value: ValueID, _ names: [String], enters: Bool) -> LoadedNode? {
        guard let position = index.maker(of: value) else { return nil }
        let node = index.graph.nodes[position]
        guard names.contains(node.definition.name) else { return nil }
        if node.isStandard("Pow") {
            // Of a power only small whole exponents are told apart from values of their own.
            guard node.inputs.count == 2, let exponent = index.scalar(node.input(1), beside: node.input(0)),
                [-2, -1, 2, 3].contains(exponent)
            else { return nil }
        }
        return enters ? maker(of: value, node.definition.name) : step(to: value, node.definition.name)
    }

    /// A value as a number plus a number times another value.
    mutating func affine(of value: ValueID) -> Affine {
        var result = Affine(value: value)
        for _ in 0..<Self.largestDepth {
            var stepped = self
            guard let node = stepped.step(to: result.value, "Add", "Sub", "Mul", "Div", "Neg") else { break }
            let (first, second) = (node.input(0), node.input(1))
            let (left, right) = (index.scalar(first, beside: second), index.scalar(second, beside: first))
            switch (node.definition.name, left, right, first, second) {
            case ("Neg", _, _, let next?, _):
                result.coefficient.negate()
                result.value = next
            case ("Add", _, let number?, let next?, _), ("Add", let number?, _, _, let next?):
                result.constant += result.coefficient * number
                result.value = next
            case ("Sub", _, let number?, let next?, _):
                result.constant -= result.coefficient * number
                result.value = next
            case ("Sub", let number?, _, _, let next?):
                result.constant += result.coefficient * number
                result.coefficient.negate()
                result.value = next
            case ("Mul", _, let number?, let next?, _), ("Mul", let number?, _, _, let next?):
                result.coefficient *= number
                result.value = next
            case ("Div", _, let number?, let next?, _):
                result.coefficient /= number
                result.value = next
            default: return result
            }
            self = stepped
        }
        return result
    }

    /// A value as a polynomial in another: its coefficients, the constant first; `nil` when it is none of degree 3.
    mutating func polynomial(of value: ValueID, in variable: ValueID) -> [Double]? {
        attempt { $0.polynomial(of: value, in: variable, depth: 0) }
    }

    private mutating func polynomial(of value: ValueID, in variable: ValueID, depth: Int) -> [Double]? {
        if value == variable { return [0, 1, 0, 0] }
        guard depth < Self.largestDepth, let node = step(to: value, "Add", "Sub", "Mul", "Div", "Neg", "Pow"),
            let first = node.input(0)
        else { return nil }
        let second = node.input(1)
        guard let left = operand(first, beside: second, in: variable, depth: depth) else { return nil }
        if node.isStandard("Neg") { return left.map { -$0 } }
        guard let second else { return nil }
        if node.isStandard("Pow") {
            switch index.scalar(second, beside: first) {
            case 2: return left.times(left)
            case 3: return left.times(left)?.times(left)
            default: return nil
            }
        }
        guard let right = operand(second, beside: first, in: variable, depth: depth) else { return nil }
        switch node.definition.name {
        case "Add": return zip(left, right).map { $0 + $1 }
        case "Sub": return zip(left, right).map { $0 - $1 }
        case "Mul": return left.times(right)
        default: return right.dropFirst().allSatisfy { $0 == 0 } ? left.map { $0 / right[0] } : nil
        }
    }

    private mutating func operand(
        _ value: ValueID,
        beside other: ValueID?,
        in variable: ValueID,
        depth: Int
    ) -> [Double]? {
        if let number = index.scalar(value, beside: other) { return [number, 0, 0, 0] }
        return polynomial(of: value, in: variable, depth: depth + 1)
    }
}

extension [Double] {
    /// The product of two polynomials of degree 3; `nil` when its own is higher.
    fileprivate func times(_ other: [Double]) -> [Double]? {
        var result = [Double](repeating: 0, count: 4)
        for (power, coefficient) in enumerated() where coefficient != 0 {
            for (otherPower, factor) in other.enumerated() where factor != 0 {
                guard power + otherPower < 4 else { return nil }
                result[power + otherPower] += coefficient * factor
            }
        }
        return result
    }

    /// Whether a polynomial is another one as a model may spell it.
    func isNear(_ other: [Double]) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0 == $1 || $0.isNear($1) }
    }

    /// The coefficient of a polynomial that is a number times its variable.
    var slope: Double? { self[0] == 0 && self[2] == 0 && self[3] == 0 && self[1] != 0 ? self[1] : nil }
}
