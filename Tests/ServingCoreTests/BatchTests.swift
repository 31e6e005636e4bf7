import Diagnostics
import Scheduling
import ServingCore
import Synchronization
import TestSupport
import Tensors
import Testing

/// Requests that are handed to a model at once, and what each is answered.
final class Batch: Sendable {
    /// What a request was answered: its outputs, or what is wrong with it.
    enum Outcome: Equatable, Sendable {
        case outputs([String: [Float]])
        case error(String)
    }

    private let outcomes = Mutex([Int: Outcome]())

    /// Runs requests at once; `nil` stands for one that cannot be read.
    ///
    /// *Parameter* gone: the requests whose clients have left.
    func run(_ model: ServedModel, _ requests: [InferenceRequest?], gone: Set<Int> = []) -> [Outcome?] {
        model.run(
            requests.enumerated().map { index, request in
                let abandonment = Abandonment()
                if gone.contains(index) { abandonment.set() }
                return ModelCall(unless: abandonment) { () throws(ServingError) in
                    guard let request else { throw ServingError(.request, "it is broken") }
                    return ModelCall.Reading(request) { response in
                        let outcome = Outcome(response)
                        return { self.note(index, outcome) }
                    }
                } fail: {
                    self.note(index, .error($0.description))
                }
            }
        )
        return requests.indices.map { index in outcomes.withLock { $0[index] } }
    }

    private func note(_ index: Int, _ outcome: Outcome) {
        outcomes.withLock { noted in
            if noted[index] != nil { Issue.record("request \(index) is answered twice") }
            noted[index] = outcome
        }
    }
}

extension Batch.Outcome {
    init(_ response: InferenceResponse) {
        let outputs = response.outputs.map { ($0.name, (try? $0.tensor.elements(as: Float.self)) ?? []) }
        self = .outputs(Dictionary(outputs) { first, _ in first })
    }

    /// Whether it is the same but for the order in which products of other sizes are added up.
    func isAlmost(_ other: Batch.Outcome) -> Bool {
        guard case .outputs(let own) = self, case .outputs(let others) = other else { return self == other }
        return own.keys == others.keys
            && own.allSatisfy { name, values in
                let expected = others[name, default: []]
                return values.count == expected.count
                    && zip(values, expected).allSatisfy { abs($0 - $1) <= 1e-3 + 1e-5 * abs($1) }
            }
    }

    /// What the model answers to a request that is alone.
    init(_ model: ServedModel, _ request: InferenceRequest?) {
        guard let request else {
            self = .error("it is broken")
            return
        }
        do throws(ServingError) { self.init(try model.infer(request)) } catch { self = .error(error.description) }
    }
}

@Suite struct BatchTests {
    private func model(_ name: String, maximumRows: Int = 64) throws -> ServedModel {
        var settings = ModelSettings()
        settings.batching = ModelSettings.Batching()
        settings.batching?.maximumRows = maximumRows
        let folder = name == "linear" || name.hasPrefix("echo") ? "models" : "batching"
        return try ServedModel.load(
            path: fixturePath("\(folder)/\(name).onnx"),
            name: name,
            version: "1",
            settings: settings
        )
    }

    private func table(_ numbers: [Int64]) throws -> InferenceRequest {
        InferenceRequest(inputs: [NamedTensor(name: "I", tensor: try Tensor(numbers))])
    }

    private func floats(_ values: [Float], columns: Int, outputs: [String]? = nil) throws -> InferenceRequest {
        let shape = try #require(Shape([values.count / columns, columns]))
        return InferenceRequest(
            inputs: [NamedTensor(name: "X", tensor: try Tensor(values, shape: shape))],
            outputs: outputs
        )
    }

    @Test func `requests are run at once, and each gets its own rows`() throws {
        let model = try model("table")
        let outcomes = Batch().run(model, [try table([1]), try table([2, 3]), try table([0])])
        #expect(
            outcomes == [
                .outputs(["Y": [2, 3]]), .outputs(["Y": [4, 5, 6, 7]]), .outputs(["Y": [0, 1]]),
            ]
        )
        let counted = model.statistics.snapshot
        #expect(counted.executionCount == 1)
        #expect(counted.inferenceCount == 4)
        #expect(counted.success.count == 3)
        #expect(counted.batches.mapValues(\.infer.count) == [4: 1])
    }

    @Test func `a request that is broken takes no part`() throws {
        let model = try model("table")
        let outcomes = Batch().run(model, [try table([1]), nil, try floats([1, 2], columns: 2), try table([2])])
        #expect(outcomes[0] == .outputs(["Y": [2, 3]]))
        #expect(outcomes[1] == .error("it is broken"))
        #expect(outcomes[2] == .error("the model has no input `X`, expected `I`"))
        #expect(outcomes[3] == .outputs(["Y": [4, 5]]))
        #expect(model.statistics.snapshot.executionCount == 1)
        #expect(model.statistics.snapshot.failure.count == 2)
    }

    @Test func `a request that the model fails on fails alone`() throws {
        let model = try model("table")
        let outcomes = Batch().run(model, [try table([1]), try table([99]), try table([2])])
        #expect(outcomes[0] == .outputs(["Y": [2, 3]]))
        guard case .error(let message) = outcomes[1] else {
            Issue.record("a number out of range is no error")
            return
        }
        #expect(message.contains("99"))
        #expect(outcomes[2] == .outputs(["Y": [4, 5]]))
        #expect(model.policy.batching != nil)
    }

    @Test func `requests of other shapes are run apart`() throws {
        let model = try model("echo_FP32")
        let narrow = try floats([1, 2], columns: 2)
        let wide = try floats([1, 2, 3], columns: 3)
        let renamed = [narrow, wide, narrow].map { request in
            InferenceRequest(inputs: request.inputs.map { NamedTensor(name: "in", tensor: $0.tensor) })
        }
        let outcomes = Batch().run(model, renamed)
        #expect(
            outcomes == [.outputs(["out": [1, 2]]), .outputs(["out": [1, 2, 3]]), .outputs(["out": [1, 2]])]
        )
        #expect(model.statistics.snapshot.executionCount == 2)
    }

    @Test func `no run has more rows than allowed, and a request of more runs alone`() throws {
        let model = try model("table", maximumRows: 4)
        let outcomes = Batch().run(model, try [[1, 2], [3, 4], [5], [0, 1, 2, 3, 4]].map { try table($0) })
        #expect(outcomes.allSatisfy { if case .outputs = $0 { true } else { false } })
        let counted = model.statistics.snapshot
        #expect(counted.batches.mapValues(\.infer.count) == [4: 1, 1: 1, 5: 1])
    }

    @Test func `clients that leave do not stop the others`() throws {
        let model = try model("table")
        let requests = [try table([1]), try table([2]), try table([3])]
        #expect(
            Batch().run(model, requests, gone: [1]) == [
                .outputs(["Y": [2, 3]]), .error("the client has left"), .outputs(["Y": [6, 7]]),
            ]
        )
        let none = Batch().run(model, requests, gone: [0, 1, 2])
        #expect(none.allSatisfy { $0 == .error("the client has left") })
        #expect(model.policy.batching != nil)
    }

    @Test func `a request whose time is over is told so`() throws {
        let model = try model("table")
        var late = try table([2])
        late.timeout = 0
        let outcomes = Batch().run(model, [try table([1]), late, try table([3])])
        #expect(outcomes[0] == .outputs(["Y": [2, 3]]))
        #expect(outcomes[1] == .error("the time of the request is over, expected an answer within 0 µs"))
        #expect(outcomes[2] == .outputs(["Y": [6, 7]]))
    }

    @Test func `a model whose outputs are not of rows is run apart, and no more together`() throws {
        let model = try model("mean")
        let requests = [try floats([1, 2], columns: 2), try floats([3, 4, 5, 6], columns: 2)]
        #expect(Batch().run(model, requests) == [.outputs(["Y": [1, 2]]), .outputs(["Y": [4, 5]])])
        #expect(model.policy.batching == nil)
    }

    @Test func `settings become the policy of the threads`() {
        var settings = ModelSettings()
        settings.instanceCount = 2
        settings.maximumQueue = 7
        #expect(settings.level(ofPriority: 1) == 0)
        settings.priorities = ModelSettings.Priorities(levelCount: 3, defaultLevel: 2)
        #expect([0, 1, 2, 3, 4, Int.max, -1].map(settings.level(ofPriority:)) == [1, 0, 1, 2, 1, 1, 1])
    }

    @Test(arguments: 0..<40)
    func `whatever is run together, each gets what it would get alone, but for rounding`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let model = try model("wide", maximumRows: Int.random(in: 2...40, using: &random))
        var requests: [InferenceRequest?] = []
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            let rows = Int.random(in: 0...4, using: &random)
            let values = (0..<rows * 16).map { _ in Float.random(in: -2...2, using: &random) }
            switch Int.random(in: 0..<10, using: &random) {
            case 0: requests.append(nil)
            case 1: requests.append(try floats(Array(values.prefix(rows * 15)), columns: 15))
            case 2: requests.append(try floats(values, columns: 16, outputs: ["Z"]))
            case 3: requests.append(try floats(values, columns: 16, outputs: ["Y"]))
            default: requests.append(try floats(values, columns: 16))
            }
        }
        let outcomes = Batch().run(model, requests)
        for (request, outcome) in zip(requests, outcomes) {
            #expect(outcome?.isAlmost(Batch.Outcome(model, request)) == true)
        }
        #expect(model.policy.batching != nil)
    }
}
