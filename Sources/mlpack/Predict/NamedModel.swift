import ArgumentParser
import ServingClient
import ServingCore

/// A model on a server, as a command line names it.
struct NamedModel {
    let address: ServerAddress
    let name: String
    let version: String?
    let client: any InferenceClient

    /// *Throws*: a usage error where no model is named, `address`, `unreachable`.
    init(_ url: String, model: String?, version: String?, options: ClientOptions) throws {
        address = try ServerAddress(parsing: url)
        guard let name = address.model ?? model else {
            throw ValidationError("no model is named, expected `--model NAME` or an address with `/v2/models/NAME`")
        }
        self.name = name
        self.version = version ?? address.version
        client = try inferenceClient(address, options)
    }

    /// What the model says of itself.
    func metadata() throws(ClientError) -> ModelMetadata { try client.modelMetadata(name, version: version) }

    /// A request; its tensors go as bytes where the server says that it takes them, unless the form is given.
    func call(inputs: [NamedTensor], form: PredictCommand.TensorForm?) throws(ClientError) -> InferenceCall {
        let isBinary =
            if let form {
                form == .binary
            } else if address.transport == .http {
                try client.serverMetadata().extensions.contains("binary_tensor_data")
            } else {
                true
            }
        return InferenceCall(model: name, version: version, inputs: inputs, isBinary: isBinary)
    }
}
