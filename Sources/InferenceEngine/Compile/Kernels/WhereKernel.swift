import CKernels

/// Elements of the second input where the first is true, of the third elsewhere.
struct WhereKernel: Kernel {
    let shape: BroadcastShape

    var label: String { "where \(shape.result)" }

    func run(_ call: borrowing KernelCall) {
        guard let condition = call.input(0, as: UInt8.self), let a = call.input(1), let b = call.input(2),
            let y = call.output(0)
        else { return }
        withUnsafePointer(to: shape.steps) {
            call.tables.kernels.pointee.f32_where($0, condition, a, b, y, call.tables.pool)
        }
    }
}
