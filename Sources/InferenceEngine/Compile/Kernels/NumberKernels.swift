import CKernels
import Tensors

/// The floats, in blocks of channels, that numbers of 8 bits with channels last stand for; the inputs are the numbers, the
/// scale and, if there is one, the zero point.
struct NumberBlocksKernel: Kernel {
    let batch: Int
    let channels: Int
    let positions: Int
    let form: NumberForm<Int>

    init(_ shape: Shape, form: NumberForm<Int>) {
        batch = shape[0]
        channels = shape[1]
        positions = shape.dimensions[2...].reduce(1, *)
        self.form = form
    }

    var label: String { "dequantize-block \(batch)×\(channels)×\(positions)" }

    func run(_ call: borrowing KernelCall) {
        guard let numbers = call.input(0, as: UInt8.self), let output = call.output(0) else { return }
        let (kernels, pool) = (call.tables.kernels, call.tables.pool)
        form.with(call) {
            kernels.pointee.f32_blocks_of_u8(pool, batch, channels, positions, $0, numbers, output)
        }
    }
}

/// The greatest number of 8 bits of each window, channels last.
struct NumberPoolingKernel: Kernel {
    let shape: ck_pooling_shape

    var label: String {
        let (i, o, k) = (shape.input, shape.output, shape.kernel)
        return "max-pool int8 \(shape.batch)×\(shape.channels)×\(i.1)×\(i.2) → \(o.1)×\(o.2), kernel \(k.1)×\(k.2)"
    }

    func run(_ call: borrowing KernelCall) {
        guard let input = call.input(0, as: UInt8.self), let output = call.output(0, as: UInt8.self) else { return }
        withUnsafePointer(to: shape) {
            call.tables.kernels.pointee.u8_max_pool(call.tables.pool, $0, input, output)
        }
    }
}
