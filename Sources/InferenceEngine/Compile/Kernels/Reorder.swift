import CKernels
import Tensors

/// From one layout of channels to the other.
struct Reorder: Kernel {
    let batch: Int
    let channels: Int
    let positions: Int
    let target: Layout

    init(_ shape: Shape, to target: Layout) {
        batch = shape[0]
        channels = shape[1]
        positions = shape.dimensions[2...].reduce(1, *)
        self.target = target
    }

    var label: String { "\(target == .blocked ? "block" : "unblock") \(batch)×\(channels)×\(positions)" }

    func run(_ call: borrowing KernelCall) {
        guard let source = call.input(0), let result = call.output(0) else { return }
        let kernels = call.tables.kernels.pointee
        let reorder = target == .blocked ? kernels.f32_block : kernels.f32_unblock
        reorder(call.tables.pool, batch, channels, positions, source, result)
    }
}
