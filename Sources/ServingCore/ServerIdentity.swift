/// What the server calls itself.
package let serverName = "mlpack"

/// The extensions of the Open Inference Protocol that are supported, by their names there.
///
/// *Source*: Triton, Protocol Extensions.
package let protocolExtensions = [
    "binary_tensor_data", "classification", "model_configuration", "model_repository", "statistics",
]
