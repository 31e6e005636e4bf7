import Diagnostics
import OnnxIR
import Tensors

/// A distribution of real numbers.
protocol RandomDistribution: Sendable {
    init(_ node: NodeContext) throws(EngineError)

    /// Two independent numbers.
    func pair(_ random: inout RandomStream) -> (Double, Double)
}

/// A tensor whose elements are drawn from a distribution.
struct RandomTensor<Distribution: RandomDistribution>: Operator {
    private let distribution: Distribution
    private let seed: RandomSeed
    /// `nil` where the input has it.
    private let fixedShape: [Int]?
    private let elementType: ElementType?

    private init(_ node: NodeContext, isLike: Bool) throws(EngineError) {
        distribution = try Distribution(node)
        seed = try RandomSeed(float: node)
        let shape = try node.ints("shape")
        fixedShape = isLike ? nil : try node.required("shape", shape)
        elementType = try node.elementType("dtype") ?? (isLike ? nil : .float)
    }

    /// The operator with an attribute for the shape.
    static func define(_ name: String, _ versions: Int...) -> OperatorDefinition {
        OperatorDefinition(name, since: versions) { node throws(EngineError) in try Self(node, isLike: false) }
    }

    /// The operator with an input for the shape.
    static func defineLike(_ name: String, _ versions: Int...) -> OperatorDefinition {
        OperatorDefinition(name, since: versions) { node throws(EngineError) in try Self(node, isLike: true) }
    }

    var isDeterministic: Bool { false }

    func infer(_ inputs: InputFacts) -> [Facts] {
        let shape = fixedShape?.map { $0 < 0 ? Dimension.unknown : .fixed($0) }
        return [.tensor(elementType ?? inputs.elementType(), shape ?? inputs.shape())]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let type: ElementType
        if let elementType { type = elementType } else { type = try call.tensor(0).elementType }
        let shape: Shape
        if let fixedShape { shape = try call.shape(fixedShape) } else { shape = try call.tensor(0).shape }
        switch type {
        case .double: return [.tensor(try draw(Double.self, shape, call))]
        case .float, .float16, .bfloat16: return [.tensor(try call.cast(draw(Float.self, shape, call), to: type))]
        default: throw .attribute("dtype", "`\(type.name)`", expected: "a floating-point type")
        }
    }

    private func draw<Element: RealElement>(
        _ type: Element.Type,
        _ shape: Shape,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        var random = seed.stream()
        return try call.tensor(of: type, shape) { target in
            for index in stride(from: 0, to: shape.elementCount, by: 2) {
                let (first, second) = distribution.pair(&random)
                target[index] = Element(first)
                if index + 1 < shape.elementCount { target[index + 1] = Element(second) }
            }
        }
    }
}
