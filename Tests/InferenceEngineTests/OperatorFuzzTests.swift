import Diagnostics
import InferenceEngine
import OnnxIR
import TestSupport
import Tensors
import Testing

@Suite struct OperatorFuzzTests {
    private static let versions = SupportedOperator.all.flatMap { supported in
        supported.versions.map { (supported.domain, supported.name, Int64($0)) }
    }

    private static func options(optimised: Bool) -> InferenceOptions {
        var options = InferenceOptions.default
        options.optimised = optimised
        options.checksInference = true
        options.limits.tensorByteCount = 1 << 20
        options.limits.totalByteCount = 1 << 22
        options.limits.loopTripCount = 100
        options.imageDecoder = RowDecoder()
        return options
    }

    /// Operators whose outputs may differ from run to run.
    private static let random: Set<String> = [
        "Bernoulli", "Dropout", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike",
    ]

    /// What a run leads to: the outputs, or an error that points at the node.
    private enum Outcome {
        case error(String)
        case values([(name: String, value: Value)], isRandom: Bool)
    }

    private static func outcome(_ model: Model, _ feeds: [String: Value], optimised: Bool) -> Outcome {
        do {
            let session = try InferenceSession(model, options: options(optimised: optimised))
            let outputs = try session.run(feeds)
            let isRandom = model.graph.nodes.contains { random.contains($0.opType) }
            return .values(outputs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, isRandom: isRandom)
        } catch {
            let text = error.description
            #expect(text.hasPrefix("node `n` (") || text.hasPrefix("input `x"), "\(text)")
            #expect(!text.contains("by inference") && !text.contains("inference has"), "\(text)")
            return .error(text)
        }
    }

    /// What differs between two outcomes; kernels round otherwise than the interpreter, and their sums overflow earlier.
    private static func difference(_ first: Outcome, _ second: Outcome, isTame: Bool) -> String? {
        switch (first, second) {
        case (.error(let first), .error(let second)): return first == second ? nil : "\(first) / \(second)"
        case (.values(let first, let isRandom), .values(let second, _)):
            guard first.map(\.name) == second.map(\.name) else { return "other outputs" }
            for (one, other) in zip(first, second) {
                if isRandom {
                    guard one.value.tensor?.shape == other.value.tensor?.shape else { return "another shape" }
                } else if let x = floats(one.value), let y = floats(other.value) {
                    guard x.shape == y.shape, x.rounding == y.rounding else {
                        return "\(one.name): \(x.shape) / \(y.shape)"
                    }
                    if isTame, !areClose(x.elements, y.elements, x.rounding) {
                        return "\(one.name): \(x.elements) / \(y.elements)"
                    }
                } else if describe(one.value) != describe(other.value) {
                    return "\(one.name): \(describe(one.value)) / \(describe(other.value))"
                }
            }
            return nil
        case (.error(let error), _), (_, .error(let error)): return "one way only: \(error)"
        }
    }

    /// The elements of a type that kernels compute with, and how far rounding may take them apart.
    private static func floats(_ value: Value) -> (shape: Shape, elements: [Float], rounding: Float)? {
        guard let tensor = value.tensor else { return nil }
        switch tensor.elementType {
        case .float: return (try? tensor.elements(as: Float.self)).map { (tensor.shape, $0, 1e-5) }
        case .float16:
            return (try? tensor.elements(as: Float16.self)).map { (tensor.shape, $0.map { Float($0) }, 0x1p-9) }
        case .bfloat16:
            return (try? tensor.elements(as: BFloat16.self)).map { (tensor.shape, $0.map { Float($0) }, 0x1p-6) }
        default: return nil
        }
    }

    private static func areClose(_ x: [Float], _ y: [Float], _ rounding: Float) -> Bool {
        let largest = y.filter(\.isFinite).map(\.magnitude).max() ?? 0
        return zip(x, y).allSatisfy { x, y in
            x == y || (x.isNaN && y.isNaN) || (x - y).magnitude <= rounding * max(largest, 1e-2)
        }
    }

    /// Whether the squares of floats fit a float.
    private static func isTame(_ value: Value?) -> Bool {
        guard let value, let floats = floats(value) else { return true }
        return floats.elements.allSatisfy { $0.magnitude < 1e9 || !$0.isFinite }
    }

    /// Any node may fail; none may end the process, and every way of running it leads to the same outcome.
    @Test(arguments: versions)
    func `random nodes end in values or in an error`(
        domain: OperatorDomain,
        name: String,
        version: Int64
    ) throws {
        let schema = try #require(OperatorSchemas.standard.schema(domain: domain, opType: name, opset: version))
        var generator = NodeGenerator(schema, seed: 20_240_101 + UInt64(version))
        for _ in 0..<40 {
            let sample = try generator.next()
            let tester = OperatorTester(name, domain: domain, opset: version, sample.attributes)
            let model = tester.model(sample.inputs, outputCount: sample.outputCount)
            let feeds = OperatorTester.feeds(sample.inputs)
            let interpreted = Self.outcome(model, feeds, optimised: false)
            let optimised = Self.outcome(model, feeds, optimised: true)
            let isTame = sample.inputs.allSatisfy { Self.isTame($0) }
            #expect(Self.difference(optimised, interpreted, isTame: isTame) == nil, "\(sample)")
            var known = model
            known.graph.inputs.removeAll { feeds[$0.name]?.tensor != nil }
            known.graph.initializers = feeds.sorted { $0.key < $1.key }.compactMap { name, value in
                value.tensor.map { OnnxTensor(name: name, tensor: $0) }
            }
            let folded = Self.outcome(known, feeds.filter { $0.value.tensor == nil }, optimised: true)
            #expect(Self.difference(folded, interpreted, isTame: isTame) == nil, "\(sample)")
        }
    }
}
