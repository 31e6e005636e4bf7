import Diagnostics
package import FeatureStatistics
package import InferenceEngine
import JSON
import OnnxIR
import OnnxReader
package import Scheduling
import Tensors

/// One version of a model, loaded and ready.
package final class ServedModel: Sendable {
    /// The name that requests use.
    package let name: String
    /// The version, a number without leading zeros.
    package let version: String
    package let inputs: [TensorMetadata]
    package let outputs: [TensorMetadata]
    /// What the protocol calls models of this kind.
    package static let platform = "onnx_onnxv1"
    /// The names of the columns of its only input, where the model says them and they are as many; else none.
    package let featureNames: [String]
    /// How it is served.
    package let settings: ModelSettings
    /// What the model has done since it was loaded.
    package let statistics = ModelStatistics()
    /// What its inputs look like lately; `nil` for a model that says nothing of those that it was made with.
    package let drift: DriftMonitor?
    /// How long its requests take.
    package let pace = WorkPace()
    /// Whether its requests are put together still, and how they are taken with and without that.
    let batchSwitch = BatchSwitch()
    let policyTogether: WorkPolicy
    let policyAlone: WorkPolicy
    /// What computes its requests a second time.
    package let shadow = ShadowSlot()
    private let session: InferenceSession

    /// Whether the first axis of every input and output is that of a batch: its extent varies.
    package let isBatched: Bool

    /// Makes a model ready to be served.
    ///
    /// *Parameter* featureNames: the names of the columns of the only input; taken where they fit it.
    /// *Throws*: `unsupported` for inputs and outputs that the protocol cannot carry.
    package init(
        name: String,
        version: String,
        session: InferenceSession,
        settings: ModelSettings = ModelSettings(),
        featureNames: [String] = [],
        reference: ReferenceStatistics? = nil
    ) throws(ServingError) {
        self.name = name
        self.version = version
        self.settings = settings
        self.session = session
        drift = reference.map { DriftMonitor($0) }
        var inputs: [TensorMetadata] = []
        for info in session.inputs { inputs.append(try TensorMetadata(info, as: "input")) }
        self.inputs = inputs
        var outputs: [TensorMetadata] = []
        for info in session.outputs { outputs.append(try TensorMetadata(info, as: "output")) }
        self.outputs = outputs
        let isBatched = !inputs.isEmpty && (inputs + outputs).allSatisfy(\.isBatched)
        self.isBatched = isBatched
        policyTogether = settings.policy(isBatched: isBatched)
        policyAlone = settings.policy(isBatched: false)
        let width = inputs.count == 1 ? inputs[0].dimensions.map { $0.count == 2 ? $0[1] ?? featureNames.count : 0 } : 0
        self.featureNames = width == featureNames.count ? featureNames : []
    }

    /// Loads the model in a file, and warms it up.
    ///
    /// *Throws*: the reader's, the engine's and this module's errors, each at the file.
    package static func load(
        path: String,
        name: String,
        version: String,
        options: InferenceOptions = .default,
        settings: ModelSettings = ModelSettings()
    ) throws -> ServedModel {
        // Its file may change under it while it is served.
        let model = try readModel(path: path, files: .copied)
        let session: InferenceSession
        do throws(EngineError) {
            session = try InferenceSession(model, options: settings.limits.applied(to: options))
        } catch {
            throw error.within(.file(path))
        }
        let served = try locating(.file(path)) { () throws(ServingError) in
            try ServedModel(
                name: name,
                version: version,
                session: session,
                settings: settings,
                featureNames: model.featureNames,
                reference: try reference(of: model)
            )
        }
        try locating(.file(path)) { () throws(ServingError) in try served.warmUp() }
        return served
    }

    /// What a model says of the inputs that it was made with.
    private static func reference(of model: Model) throws(ServingError) -> ReferenceStatistics? {
        let key = ReferenceStatistics.metadataKey
        guard let text = model.metadata.first(where: { $0.key == key })?.value else { return nil }
        do throws(JSONError) {
            return try ReferenceStatistics(parsing: text)
        } catch {
            throw ServingError(.repository, at: .item("metadata", key), error.description)
        }
    }

    /// Computes what a request asks for; blocks the thread until it is done.
    ///
    /// *Throws*: `input` and `output` for a request that does not fit the model; what the engine finds wrong.
    package func infer(_ request: InferenceRequest) throws(ServingError) -> InferenceResponse {
        let feeds = try check(request.inputs)
        let names = try check(request.outputs)
        let results: [String: Value]
        do throws(EngineError) {
            results = try session.run(feeds, outputs: names, isStopped: request.isAbandoned)
        } catch {
            throw ServingError(error)
        }
        var tensors: [NamedTensor] = []
        for name in names {
            guard let tensor = results[name]?.tensor else {
                throw ServingError(.execution, at: .item("output", name), "the value is not a tensor")
            }
            tensors.append(NamedTensor(name: name, tensor: tensor))
        }
        return InferenceResponse(outputs: tensors)
    }

    /// Makes sure that a request fits the model.
    ///
    /// *Throws*: `input`, `output`.
    func check(_ request: InferenceRequest) throws(ServingError) {
        _ = try check(request.inputs)
        _ = try check(request.outputs)
    }

    private func check(_ tensors: [NamedTensor]) throws(ServingError) -> [String: Value] {
        var feeds: [String: Value] = [:]
        for named in tensors {
            guard let input = inputs.first(where: { $0.name == named.name }) else {
                throw ServingError(
                    .input,
                    "the model has no input `\(named.name)`, expected \(list(inputs))",
                    hint: hint(for: named.name, among: inputs)
                )
            }
            guard feeds.updateValue(.tensor(named.tensor), forKey: named.name) == nil else {
                throw ServingError(.input, at: .item("input", named.name), "the input is given twice")
            }
            try input.check(named.tensor)
        }
        let missing = inputs.filter { feeds[$0.name] == nil }
        guard missing.isEmpty else {
            throw ServingError(.input, "not all inputs are given, expected also \(list(missing))")
        }
        return feeds
    }

    private func check(_ names: [String]?) throws(ServingError) -> [String] {
        guard let names else { return outputs.map(\.name) }
        var seen: Set<String> = []
        for name in names {
            guard outputs.contains(where: { $0.name == name }) else {
                throw ServingError(
                    .output,
                    "the model has no output `\(name)`, expected \(list(outputs))",
                    hint: hint(for: name, among: outputs)
                )
            }
            guard seen.insert(name).inserted else {
                throw ServingError(.output, at: .item("output", name), "the output is asked for twice")
            }
        }
        return names
    }

    private func list(_ tensors: [TensorMetadata]) -> String {
        tensors.map { "`\($0.name)`" }.joined(separator: ", ")
    }

    private func hint(for name: String, among tensors: [TensorMetadata]) -> String? {
        suggestion(for: name, among: tensors.map(\.name)).map { "did you mean `\($0)`?" }
    }
}

extension TensorMetadata {
    /// Whether the first extent varies.
    fileprivate var isBatched: Bool { dimensions.map { $0.first == .some(nil) } ?? false }

    /// Makes sure that a tensor has the type and a shape that the model declares.
    fileprivate func check(_ tensor: Tensor) throws(ServingError) {
        guard tensor.elementType == datatype.elementType else {
            let got = Datatype(tensor.elementType)?.rawValue ?? tensor.elementType.name
            throw ServingError(
                .input,
                at: .item("input", name),
                "the datatype is wrong, expected `\(datatype.rawValue)`, got `\(got)`"
            )
        }
        guard let dimensions else { return }
        let fits =
            dimensions.count == tensor.shape.rank
            && zip(dimensions, tensor.shape.dimensions).allSatisfy { $0 == nil || $0 == $1 }
        guard fits else {
            throw ServingError(
                .input,
                at: .item("input", name),
                "the shape is wrong, expected \(wireShape), got \(tensor.shape)"
            )
        }
    }
}
