/// A model: what `ModelProto` holds.
///
/// *Source*: `ModelProto` in onnx.proto.
package struct Model: Sendable {
    package var irVersion: Int64
    package var opsetImports: [OpsetImport]
    package var producerName: String
    package var producerVersion: String
    package var domain: String
    package var modelVersion: Int64
    package var docString: String
    package var metadata: [MetadataEntry]
    package var graph: Graph
    package var functions: [Function]
    package var trainingInfo: [TrainingInfo]
    package var deviceConfigurations: [DeviceConfiguration]

    /// A model around a graph; everything else starts empty.
    package init(irVersion: Int64, opsetImports: [OpsetImport], graph: Graph) {
        self.irVersion = irVersion
        self.opsetImports = opsetImports
        producerName = ""
        producerVersion = ""
        domain = ""
        modelVersion = 0
        docString = ""
        metadata = []
        self.graph = graph
        functions = []
        trainingInfo = []
        deviceConfigurations = []
    }

    /// The version of `domain` that the model imports; `nil` when it imports none.
    package func opsetVersion(of domain: OperatorDomain) -> Int64? {
        opsetImports.first { $0.domain == domain }?.version
    }
}

/// A key and a value of `metadata_props`, in the file's order.
package struct MetadataEntry: Sendable, Hashable {
    package var key: String
    package var value: String

    /// An entry.
    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// A version of an operator set that a model or a function uses.
package struct OpsetImport: Sendable, Hashable {
    package var domain: OperatorDomain
    package var version: Int64

    /// An import.
    package init(domain: OperatorDomain, version: Int64) {
        self.domain = domain
        self.version = version
    }
}

/// The domain of an operator; `ai.onnx` and the empty string are the same.
package struct OperatorDomain: Sendable, Hashable, CustomStringConvertible {
    /// The name as files spell it: empty for `ai.onnx`.
    package let name: String

    /// A domain by name.
    package init(_ name: String) {
        self.name = name == "ai.onnx" ? "" : name
    }

    /// The standard's own operators.
    package static let onnx = OperatorDomain("")
    /// The operators of traditional machine learning.
    package static let onnxML = OperatorDomain("ai.onnx.ml")
    /// Operators on trial.
    package static let onnxPreview = OperatorDomain("ai.onnx.preview")
    /// Training operators on trial.
    package static let onnxPreviewTraining = OperatorDomain("ai.onnx.preview.training")
    /// ONNX Runtime's own operators.
    package static let microsoft = OperatorDomain("com.microsoft")
    /// What ONNX Runtime lays out for the processor that it optimises on.
    package static let nchwc = OperatorDomain("com.microsoft.nchwc")

    package var description: String { name.isEmpty ? "ai.onnx" : name }
}

/// A function that a model brings along: what `FunctionProto` holds.
package struct Function: Sendable {
    package var name: String
    package var domain: OperatorDomain
    package var overload: String
    package var docString: String
    package var inputs: [String]
    package var outputs: [String]
    /// Attributes that a caller must give, by name.
    package var attributeNames: [String]
    /// Attributes that a caller may give, with their defaults.
    package var attributeDefaults: [Attribute]
    package var opsetImports: [OpsetImport]
    package var nodes: [Node]
    package var valueInfo: [ValueInfo]
    package var metadata: [MetadataEntry]

    /// A function; everything that is not named here starts empty.
    package init(name: String, domain: OperatorDomain, inputs: [String], outputs: [String], nodes: [Node]) {
        self.name = name
        self.domain = domain
        overload = ""
        docString = ""
        self.inputs = inputs
        self.outputs = outputs
        attributeNames = []
        attributeDefaults = []
        opsetImports = []
        self.nodes = nodes
        valueInfo = []
        metadata = []
    }
}
