import Glibc
import OnnxIR
import Tensors

/// Exponentials divided by their sum along an axis, its logarithm, or a one at the largest element.
///
/// Before opset 13 the input counts as a matrix that is split at `axis`, which is 1 unless given; since then the sum
/// runs over `axis` alone, which is the last unless given.
struct Softmax: Operator {
    enum Form: Sendable {
        case softmax
        case logSoftmax
        case hardmax
    }

    let form: Form
    let axis: Int
    let flattens: Bool

    static let definition = define("Softmax", .softmax)
    static let logSoftmax = define("LogSoftmax", .logSoftmax)
    static let hardmax = define("Hardmax", .hardmax)

    private static func define(_ name: String, _ form: Form) -> OperatorDefinition {
        OperatorDefinition(name, since: 1, 11, 13) { node throws(EngineError) in
            let flattens = node.version < 13
            return Softmax(form: form, axis: try node.int("axis", default: flattens ? 1 : -1), flattens: flattens)
        }
    }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like()] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        guard input.elementType == .float16 || input.elementType == .bfloat16 else {
            return [.tensor(try applied(to: input, call))]
        }
        let half = form == .softmax ? input.elementType : nil
        let result = try applied(to: call.cast(input, to: .float), roundingTo: half, call)
        return [.tensor(try call.cast(result, to: input.elementType))]
    }

    /// The form of the input that the operator gives.
    ///
    /// NUMERICS: the standard defines `Softmax` by a function whose steps each round to the type of the input, and `half`
    /// does what it says. `LogSoftmax` would lose most of its digits that way.
    func applied(
        to input: Tensor,
        roundingTo half: ElementType? = nil,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        switch input.elementType {
        case .float: return try compute(Float.self, input, half, call)
        case .double: return try compute(Double.self, input, nil, call)
        default: throw .elementType(input.elementType, expected: "a floating-point type")
        }
    }

    private func compute<Element: RealElement>(
        _ type: Element.Type,
        _ input: Tensor,
        _ half: ElementType?,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        let source = try input.pointer(type)
        let shape = input.shape
        let isEnd = flattens && axis == shape.rank
        let axis = isEnd || shape.rank == 0 ? shape.rank : try checkedAxis(axis, rank: shape.rank)
        let outer = shape.dimensions[..<axis].reduce(1, *)
        let behind = axis < shape.rank ? axis + 1 : axis
        let inner = flattens ? 1 : shape.dimensions[behind...].reduce(1, *)
        let length = outer * inner == 0 ? 0 : shape.elementCount / (outer * inner)
        return try call.tensor(of: type, shape) { target in
            guard length > 0 else { return }
            for row in 0..<outer {
                for column in 0..<inner {
                    let start = row * length * inner + column
                    apply(source + start, target + start, length, inner, half)
                }
            }
        }
    }

    private func apply<Element: RealElement>(
        _ source: UnsafePointer<Element>,
        _ target: UnsafeMutablePointer<Element>,
        _ length: Int,
        _ step: Int,
        _ half: ElementType?
    ) {
        var largest = source[0]
        var place = 0
        for index in 1..<max(length, 1) where source[index &* step] > largest {
            largest = source[index &* step]
            place = index
        }
        if form == .hardmax {
            for index in 0..<length { target[index &* step] = index == place ? 1 : 0 }
            return
        }
        var sum: Element = 0
        for index in 0..<length {
            var power = Element.exp(source[index &* step] - largest)
            if let half { power = Self.rounded(power, to: half) }
            target[index &* step] = power
            sum += power
        }
        if let half { sum = Self.rounded(sum, to: half) }
        if form == .softmax {
            for index in 0..<length { target[index &* step] /= sum }
        } else {
            let shift = Element.log(sum)
            for index in 0..<length { target[index &* step] = source[index &* step] - largest - shift }
        }
    }
    private static func rounded<Element: RealElement>(_ x: Element, to half: ElementType) -> Element {
        half == .bfloat16 ? Element(Float(BFloat16(Float(x)))) : Element(Float16(x))
    }
}
