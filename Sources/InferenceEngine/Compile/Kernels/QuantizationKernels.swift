import CKernels

/// Between floats and numbers of 8 bits: the inputs are the elements, the scales and, if there are any, the zero points.
struct QuantizationKernel: Kernel {
    enum Direction: String, Sendable {
        case quantize
        case dequantize
        /// To 8 bits and back.
        case requantize
    }

    let direction: Direction
    let outer: Int
    let channels: Int
    let inner: Int
    let isSigned: Bool
    let hasZeroPoints: Bool

    var label: String { "\(direction.rawValue) \(outer)×\(channels)×\(inner)" }
    var replaceableInputs: [Int] { direction == .requantize ? [0] : [] }

    func run(_ call: borrowing KernelCall) {
        guard let scales = call.input(1), let x = call.operands[0], let y = call.operands[call.inputCount] else {
            return
        }
        let quantization = ck_quantization(
            outer: outer,
            channels: channels,
            inner: inner,
            scales: scales,
            zero_points: hasZeroPoints ? call.operands[2].map { UnsafeRawPointer($0) } : nil,
            is_signed: isSigned
        )
        let kernels = call.tables.kernels
        let pool = call.tables.pool
        withUnsafePointer(to: quantization) {
            switch direction {
            case .quantize: kernels.pointee.i8_quantize($0, x.assumingMemoryBound(to: Float.self), y, pool)
            case .dequantize: kernels.pointee.i8_dequantize($0, x, y.assumingMemoryBound(to: Float.self), pool)
            case .requantize:
                kernels.pointee.f32_requantize(
                    $0,
                    x.assumingMemoryBound(to: Float.self),
                    y.assumingMemoryBound(to: Float.self),
                    pool
                )
            }
        }
    }
}

/// The scale and the zero point that fit a tensor's range, as `DynamicQuantizeLinear` has them.
struct QuantizationRangeKernel: Kernel {
    let count: Int

    var label: String { "range \(count)" }

    func run(_ call: borrowing KernelCall) {
        guard let scale = call.output(0), let zeroPoint = call.output(1, as: UInt8.self) else { return }
        call.tables.kernels.pointee.u8_range(call.input(0), count, scale, zeroPoint, call.tables.pool)
    }
}
