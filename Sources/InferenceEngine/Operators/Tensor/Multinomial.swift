import Diagnostics
import Glibc
import OnnxIR
import Tensors

/// Classes drawn by the logarithms of their probabilities, which need not be normalized.
///
/// *Shapes*: `[batch, classes] → [batch, samples]`.
struct Multinomial: Operator {
    private let elementType: ElementType
    private let sampleCount: Int
    private let seed: RandomSeed

    static let definition = OperatorDefinition("Multinomial", since: 7, 22) { node throws(EngineError) in
        let type = try node.elementType("dtype") ?? .int32
        guard type == .int32 || type == .int64 else {
            throw .attribute("dtype", "`\(type.name)`", expected: "int32 or int64")
        }
        return Multinomial(
            elementType: type,
            sampleCount: try node.int("sample_size", default: 1),
            seed: try RandomSeed(float: node)
        )
    }

    var isDeterministic: Bool { false }

    func infer(_ inputs: InputFacts) -> [Facts] {
        [.tensor(elementType, [inputs.shape()?.first ?? .unknown, sampleCount < 0 ? .unknown : .fixed(sampleCount)])]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        guard input.shape.rank == 2 else {
            throw EngineError(.shape, "input has shape \(input.shape), expected a batch of classes")
        }
        let (batch, classCount) = (input.shape[0], input.shape[1])
        let shape = try call.shape([batch, sampleCount])
        let logarithms = try call.cast(input, to: .double).array(of: Double.self)
        var sums: [[Double]] = []
        for row in 0..<batch {
            let line = logarithms[(row * classCount)..<((row + 1) * classCount)]
            sums.append(try Self.cumulated(Array(line)))
        }
        var random = seed.stream()
        let draws = try call.tensor(of: Int64.self, shape) { target in
            for index in 0..<shape.elementCount {
                target[index] = Int64(Self.draw(sums[index / sampleCount], &random))
            }
        }
        return [.tensor(try call.cast(draws, to: elementType))]
    }

    /// For each class the probability of it and of those before it, times a factor.
    private static func cumulated(_ logarithms: [Double]) throws(EngineError) -> [Double] {
        let largest = logarithms.max() ?? -.infinity
        var sum = 0.0
        let sums = logarithms.map { logarithm in
            sum += exp(logarithm - largest)
            return sum
        }
        guard sum.isFinite, sum > 0 else {
            throw EngineError(
                .value,
                "the classes have no probabilities, expected at least one class that can be drawn"
            )
        }
        return sums
    }

    /// The first class whose sum lies above a random part of the whole.
    private static func draw(_ sums: [Double], _ random: inout RandomStream) -> Int {
        let place = random.uniform() * (sums.last ?? 0)
        var classes = 0..<(sums.count - 1)
        while !classes.isEmpty {
            let middle = classes.lowerBound + classes.count / 2
            classes = sums[middle] > place ? classes.lowerBound..<middle : (middle + 1)..<classes.upperBound
        }
        return classes.lowerBound
    }
}
