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
        return options
    }

    /// Operators whose outputs may differ from run to run.
    private static let random: Set<String> = [
        "Bernoulli", "Dropout", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike",
    ]

    /// What a run leads to: the outputs, or an error that points at the node.
    private static func outcome(_ model: Model, _ feeds: [String: Value], optimised: Bool) -> [String] {
        do {
            let session = try InferenceSession(model, options: options(optimised: optimised))
            let outputs = try session.run(feeds)
            let isRandom = model.graph.nodes.contains { random.contains($0.opType) }
            return outputs.sorted { $0.key < $1.key }.map { name, value in
                "\(name): \(isRandom ? value.tensor?.shape.description ?? "" : describe(value))"
            }
        } catch {
            let text = error.description
            #expect(text.hasPrefix("node `n` (") || text.hasPrefix("input `x"), "\(text)")
            #expect(!text.contains("by inference") && !text.contains("inference has"), "\(text)")
            return ["error: \(text)"]
        }
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
            #expect(optimised == interpreted, "\(sample)")
            var known = model
            known.graph.inputs.removeAll { feeds[$0.name]?.tensor != nil }
            known.graph.initializers = feeds.sorted { $0.key < $1.key }.compactMap { name, value in
                value.tensor.map { OnnxTensor(name: name, tensor: $0) }
            }
            let folded = Self.outcome(known, feeds.filter { $0.value.tensor == nil }, optimised: true)
            #expect(folded == interpreted, "\(sample)")
        }
    }
}
