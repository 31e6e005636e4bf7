import OnnxIR
import Tensors

extension NodeExample {
    static let traditionalML: [String: NodeExample] = [:]
}
