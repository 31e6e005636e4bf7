import CKernels

/// What a product or a convolution does to its results before it stores them.
struct Epilogue: Sendable {
    var scale: Float = 1
    /// The input of the kernel that has a number for each column or channel.
    var bias: Int?
    /// The input of the kernel that is added, as large as the result.
    var residual: Int?
    var activation = ck_activation.identity

    var label: String {
        var text = ""
        if bias != nil { text += " + bias" }
        if residual != nil { text += " + residual" }
        if !activation.isIdentity { text += " + \(activation.function.label)" }
        return text
    }

    @inline(__always)
    func with(_ call: borrowing KernelCall, residualStride: Int, _ body: (UnsafePointer<ck_epilogue>) -> Void) {
        var epilogue = ck_epilogue()
        epilogue.scale = scale
        epilogue.bias = bias.flatMap { call.operands[$0].map { UnsafePointer($0.assumingMemoryBound(to: Float.self)) } }
        epilogue.residual = residual.flatMap {
            call.operands[$0].map { UnsafePointer($0.assumingMemoryBound(to: Float.self)) }
        }
        epilogue.residual_stride = residualStride
        epilogue.activation = activation
        withUnsafePointer(to: epilogue, body)
    }
}

/// A kernel that can take on what follows it.
protocol EpilogueKernel: Kernel {
    var epilogue: Epilogue { get set }
    /// Whether numbers of this shape can be the bias.
    func takesBias(of shape: [Int]) -> Bool
    /// Whether the epilogue can apply a function.
    func takes(_ activation: ck_activation) -> Bool
}

extension EpilogueKernel {
    func takes(_ activation: ck_activation) -> Bool { true }
}
