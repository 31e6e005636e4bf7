import ServingCore
import ServingTransport

/// A method whose messages go in one direction or in both one after the other.
struct GRPCStreamMethod: Sendable {
    /// What a call is answered from.
    struct Call: Sendable {
        let head: GRPCHead
        let plane: DataPlane
        /// The most bytes that a message may have when it is decompressed.
        let messageByteLimit: Int
        /// Whether its messages have a model compute.
        let isInference: Bool
        /// The value of a field of the call's metadata, by its name in lower case.
        var field: @Sendable (String) -> String? = { _ in nil }
    }

    /// The name with that of the service.
    let name: String
    /// The keys that open it.
    let group: CallGroup
    let begin: @Sendable (Call) -> any HTTPStream
}

/// The methods in parts that are served.
let grpcStreamMethods: [GRPCStreamMethod] = [modelStreamInfer, healthWatch] + reflectionMethods
