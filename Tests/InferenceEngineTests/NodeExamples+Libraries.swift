import OnnxIR
import Tensors

extension NodeExample {
    /// Operators that other people's libraries compute.
    static let libraries: [String: NodeExample] = [
        "ImageDecoder": NodeExample(.bytes(6), attributes: ["pixel_format": .string("BGR")]),
        "RegexFullMatch": NodeExample(.random(.string, [2, 3]), attributes: ["pattern": .string("[A-Z_]*")]),
    ]
}
