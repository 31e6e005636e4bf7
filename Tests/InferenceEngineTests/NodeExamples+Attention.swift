import OnnxIR
import Tensors

extension NodeExample {
    static let attention: [String: NodeExample] = [:]
}
