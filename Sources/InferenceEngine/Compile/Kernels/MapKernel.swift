import CKernels

/// A function of each element.
struct MapKernel: Kernel {
    let activation: ck_activation
    let count: Int

    var label: String { "\(activation.function.label) \(count)" }
    var replaceableInputs: [Int] { [0] }

    func run(_ call: borrowing KernelCall) {
        guard let source = call.input(0), let target = call.output(0) else { return }
        withUnsafePointer(to: activation) {
            call.tables.kernels.pointee.f32_map(source, target, count, $0, call.tables.pool)
        }
    }
}

extension ck_activation {
    static let identity = ck_activation(CK_IDENTITY)

    init(_ function: ck_function, alpha: Float = 0, beta: Float = 0) {
        self.init(function: function, alpha: alpha, beta: beta)
    }

    var isIdentity: Bool { function == CK_IDENTITY }
}

extension ck_function {
    var label: String {
        let names = [
            "identity", "relu", "clip", "leaky-relu", "elu", "selu", "celu", "sigmoid", "tanh", "silu", "swish",
            "mish", "softplus", "softsign", "gelu", "gelu-tanh", "hard-sigmoid", "hard-swish", "thresholded-relu",
            "exp", "log", "sqrt", "reciprocal", "erf", "abs", "neg", "floor", "ceil", "round", "sin", "cos", "affine",
        ]
        return Int(rawValue) < names.count ? names[Int(rawValue)] : "function \(rawValue)"
    }
}
