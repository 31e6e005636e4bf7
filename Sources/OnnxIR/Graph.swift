package import Tensors

/// A graph: what `GraphProto` holds.
package struct Graph: Sendable {
    package var name: String
    package var docString: String
    package var inputs: [ValueInfo]
    package var outputs: [ValueInfo]
    package var valueInfo: [ValueInfo]
    package var initializers: [OnnxTensor]
    package var sparseInitializers: [OnnxSparseTensor]
    package var nodes: [Node]
    package var quantizationAnnotations: [QuantizationAnnotation]
    package var metadata: [MetadataEntry]

    /// A graph; everything that is not named here starts empty.
    package init(name: String, inputs: [ValueInfo] = [], outputs: [ValueInfo] = [], nodes: [Node] = []) {
        self.name = name
        docString = ""
        self.inputs = inputs
        self.outputs = outputs
        valueInfo = []
        initializers = []
        sparseInitializers = []
        self.nodes = nodes
        quantizationAnnotations = []
        metadata = []
    }

    /// The inputs that a caller must feed: those that no initializer stands for.
    package var requiredInputs: [ValueInfo] {
        let initialized = Set(initializers.map(\.name)).union(sparseInitializers.map(\.values.name))
        return inputs.filter { !initialized.contains($0.name) }
    }
}

/// A node: what `NodeProto` holds.
package struct Node: Sendable {
    package var name: String
    package var opType: String
    package var domain: OperatorDomain
    package var overload: String
    /// Names of values; an empty name is an optional input that is not given.
    package var inputs: [String]
    /// Names of values; an empty name is an optional output that is not asked for.
    package var outputs: [String]
    package var attributes: [Attribute]
    package var docString: String
    package var deviceConfigurations: [NodeDeviceConfiguration]
    package var metadata: [MetadataEntry]

    /// A node; everything that is not named here starts empty.
    package init(
        _ opType: String,
        domain: OperatorDomain = .onnx,
        name: String = "",
        inputs: [String],
        outputs: [String],
        attributes: [Attribute] = []
    ) {
        self.name = name
        self.opType = opType
        self.domain = domain
        overload = ""
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
        docString = ""
        deviceConfigurations = []
        metadata = []
    }

    /// The attribute with this name.
    package func attribute(_ name: String) -> Attribute? {
        attributes.first { $0.name == name }
    }
}

/// A tensor with the name that the file gives it: what `TensorProto` holds.
package struct OnnxTensor: Sendable {
    package var name: String
    package var tensor: Tensor
    package var docString: String
    package var metadata: [MetadataEntry]

    /// A named tensor.
    package init(name: String, tensor: Tensor) {
        self.name = name
        self.tensor = tensor
        docString = ""
        metadata = []
    }
}

/// A sparse tensor in coordinate form: what `SparseTensorProto` holds.
package struct OnnxSparseTensor: Sendable {
    /// The values that are not zero, of shape `[NNZ]`; its name is the name of the whole.
    package var values: OnnxTensor
    /// Their places, `int64`, of shape `[NNZ]` (row-major indices) or `[NNZ, rank]` (coordinates).
    package var indices: OnnxTensor
    /// The shape of the dense tensor.
    package var shape: Shape

    /// A sparse tensor.
    package init(values: OnnxTensor, indices: OnnxTensor, shape: Shape) {
        self.values = values
        self.indices = indices
        self.shape = shape
    }
}

/// Which tensors hold the quantization parameters of another: what `TensorAnnotation` holds.
package struct QuantizationAnnotation: Sendable, Hashable {
    package var tensorName: String
    /// Roles (`SCALE_TENSOR`, `ZERO_POINT_TENSOR`) and names of tensors.
    package var parameters: [MetadataEntry]

    /// An annotation.
    package init(tensorName: String, parameters: [MetadataEntry]) {
        self.tensorName = tensorName
        self.parameters = parameters
    }
}
