import Diagnostics
package import ServingCore

/// A server of the Open Inference Protocol, asked call by call.
package protocol InferenceClient {
    /// What the server says of itself.
    func serverMetadata() throws(ClientError) -> ServerMetadata
    /// What a model says of its inputs and outputs.
    func modelMetadata(_ name: String, version: String?) throws(ClientError) -> ModelMetadata
    /// The outputs of a model.
    func infer(_ call: InferenceCall) throws(ClientError) -> InferenceAnswer
}

/// The client for what an address is spoken to in.
///
/// *Throws*: `unreachable` where libcurl is not on the machine.
package func inferenceClient(
    _ address: ServerAddress,
    _ options: ClientOptions
) throws(ClientError) -> any InferenceClient {
    switch address.transport {
    case .http: try HTTPInferenceClient(HTTPCaller(address, options))
    case .grpc: try GRPCInferenceClient(GRPCCaller(address, options))
    }
}

/// How a server is asked.
package struct ClientOptions: Sendable {
    /// Milliseconds that a call may take.
    package var timeout: Int
    /// Fields that go with each call; over gRPC as its metadata.
    package var headers: [(name: String, value: String)]
    /// The most bytes that an answer may have.
    package var answerByteLimit = 1 << 31

    /// Options; the other ones have their defaults.
    package init(timeout: Int = 60_000, headers: [(name: String, value: String)] = []) {
        self.timeout = timeout
        self.headers = headers
    }
}

/// What a server says of itself.
package struct ServerMetadata: Sendable {
    package var name = ""
    package var version = ""
    package var extensions: [String] = []

    /// What a server says that says nothing; the members are set after it.
    package init() {}

    init(name: String, version: String, extensions: [String]) {
        self.name = name
        self.version = version
        self.extensions = extensions
    }
}

/// What a model says of itself.
package struct ModelMetadata: Sendable {
    /// An input or an output.
    package struct Tensor: Sendable, Hashable {
        package var name = ""
        /// The name on the wire, which may be one that is not known here.
        package var datatype = ""
        /// The extents, -1 where they vary.
        package var shape: [Int] = []

        /// An input or output.
        package init(name: String = "", datatype: String = "", shape: [Int] = []) {
            self.name = name
            self.datatype = datatype
            self.shape = shape
        }
    }

    package var name = ""
    package var versions: [String] = []
    package var platform = ""
    package var inputs: [Tensor] = []
    package var outputs: [Tensor] = []

    /// A model that says nothing but its inputs; the other members are set after it.
    package init(inputs: [Tensor] = []) { self.inputs = inputs }
}

/// A request for inference, whatever it is sent over.
package struct InferenceCall: Sendable {
    package var model: String
    /// The version; the server's choice when `nil`.
    package var version: String?
    package var id: String?
    package var inputs: [NamedTensor]
    /// The outputs that are wanted; all when there are none.
    package var outputs: [String] = []
    /// Whether tensors go as bytes both ways; over gRPC they always do.
    package var isBinary: Bool

    /// A request.
    package init(model: String, version: String? = nil, inputs: [NamedTensor], isBinary: Bool) {
        self.model = model
        self.version = version
        self.inputs = inputs
        self.isBinary = isBinary
    }
}

/// What a server answers to a request for inference.
package struct InferenceAnswer: Sendable {
    package var modelName = ""
    package var modelVersion = ""
    package var id = ""
    package var outputs: [NamedTensor] = []

    /// An answer that holds nothing yet.
    package init() {}
}
