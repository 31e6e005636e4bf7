package import OnnxIR
package import Tensors

/// What a person wants to know of a model at a glance.
package struct ModelSummary: Sendable {
    /// A tensor that the model brings along.
    package struct Weight: Sendable {
        package let name: String
        package let elementType: ElementType
        package let shape: Shape
        package let byteCount: Int
        /// Whether the bytes are in a file beside the model's.
        package let isExternal: Bool
    }

    /// How often an operator stands in the model.
    package struct OperatorCount: Sendable, Hashable {
        package let domain: OperatorDomain
        package let opType: String
        package let count: Int
    }

    /// A value with its type, somewhere in the model.
    package struct PlacedValue: Sendable {
        /// The nodes and attributes around the value's graph; empty for the model's own.
        package let path: [String]
        package let info: ValueInfo

        /// A value somewhere in the model.
        package init(path: [String], info: ValueInfo) {
            self.path = path
            self.info = info
        }
    }

    /// The path as the user gave it.
    package let path: String
    /// Bytes of the file itself.
    package let fileByteCount: Int
    package let irVersion: Int64
    package let opsets: [OpsetImport]
    package let producer: String
    package let domain: String
    package let modelVersion: Int64
    package let docString: String
    package let graphName: String
    package let metadata: [MetadataEntry]
    /// Inputs that a caller feeds.
    package let inputs: [ValueInfo]
    package let outputs: [ValueInfo]
    package let weights: [Weight]
    /// Elements of all weights, those of subgraphs, functions and constants included.
    package let parameterCount: Int
    /// Bytes of all weights.
    package let parameterByteCount: Int
    /// Bytes of those weights that are in files beside the model's.
    package let externalByteCount: Int
    /// Nodes of the main graph, in order.
    package let nodes: [Node]
    /// Operators of the whole model, the most frequent first.
    package let operators: [OperatorCount]
    /// Functions as `domain::name`.
    package let functions: [String]
    /// Every value with the type that was inferred of it, for whoever asks; `nil` leaves it out.
    package var values: [PlacedValue]?

    /// The summary of a model that was read from the bytes of a file.
    package init(_ model: Model, path: String, file: MemoryRegion) {
        self.path = path
        fileByteCount = file.bytes.count
        irVersion = model.irVersion
        opsets = model.opsetImports
        let version = model.producerVersion.isEmpty ? "" : " \(model.producerVersion)"
        producer = model.producerName + version
        domain = model.domain
        modelVersion = model.modelVersion
        docString = model.docString
        graphName = model.graph.name
        metadata = model.metadata
        inputs = model.graph.requiredInputs
        outputs = model.graph.outputs
        nodes = model.graph.nodes
        functions = model.functions.map { "\(ModelCheck.FunctionKey($0))" }
        var contents = ModelContents(file: file)
        contents.add(model.graph)
        for function in model.functions { contents.add(function.nodes) }
        weights = model.graph.initializers.map { Weight($0.name, $0.tensor, file: file) }
        parameterCount = contents.parameterCount
        parameterByteCount = contents.byteCount
        externalByteCount = contents.externalByteCount
        operators = contents.operators.map { OperatorCount(domain: $0.domain, opType: $0.opType, count: $1) }.sorted {
            ($1.count, $0.domain.name, $0.opType) < ($0.count, $1.domain.name, $1.opType)
        }
    }
}

extension ModelSummary.Weight {
    init(_ name: String, _ tensor: Tensor, file: MemoryRegion) {
        self.init(
            name: name,
            elementType: tensor.elementType,
            shape: tensor.shape,
            byteCount: tensor.region?.bytes.count ?? tensor.strings?.reduce(0) { $0 + $1.utf8.count } ?? 0,
            isExternal: tensor.region.map { $0.isMapped && !$0.isPart(of: file) } ?? false
        )
    }
}

/// What graphs hold, counted through all their subgraphs.
private struct ModelContents {
    struct Operator: Hashable {
        let domain: OperatorDomain
        let opType: String
    }

    let file: MemoryRegion
    var operators: [Operator: Int] = [:]
    var parameterCount = 0
    var byteCount = 0
    var externalByteCount = 0

    init(file: MemoryRegion) { self.file = file }

    mutating func add(_ graph: Graph) {
        for initializer in graph.initializers { add(initializer.tensor) }
        for initializer in graph.sparseInitializers { add(initializer.values.tensor) }
        add(graph.nodes)
    }

    mutating func add(_ nodes: [Node]) {
        for node in nodes {
            operators[Operator(domain: node.domain, opType: node.opType), default: 0] += 1
            for attribute in node.attributes {
                for graph in attribute.value.subgraphs { add(graph) }
                switch attribute.value {
                case .tensor(let tensor): add(tensor.tensor)
                case .tensors(let tensors): for tensor in tensors { add(tensor.tensor) }
                case .sparseTensor(let tensor): add(tensor.values.tensor)
                case .floats(let values) where node.domain == .onnxML: parameterCount &+= values.count
                default: break
                }
            }
        }
    }

    private mutating func add(_ tensor: Tensor) {
        parameterCount &+= tensor.shape.elementCount
        let weight = ModelSummary.Weight("", tensor, file: file)
        byteCount &+= weight.byteCount
        if weight.isExternal { externalByteCount &+= weight.byteCount }
    }
}
