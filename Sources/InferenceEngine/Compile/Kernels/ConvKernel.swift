import CKernels

/// A convolution; inputs are the activations and the packed weights.
struct ConvKernel: EpilogueKernel {
    let shape: ck_conv_shape
    let algorithm: ck_conv_algorithm
    var epilogue = Epilogue()
    let scratchByteCount: Int

    init(_ shape: ck_conv_shape, _ algorithm: ck_conv_algorithm, tables: KernelTables) {
        self.shape = shape
        self.algorithm = algorithm
        scratchByteCount = withUnsafePointer(to: shape) {
            tables.kernels.pointee.f32_conv_scratch_size($0, algorithm, UInt32(tables.threads.threadCount))
                * MemoryLayout<Float>.stride
        }
    }

    /// The layouts of input and output.
    var layouts: (input: Layout, output: Layout) {
        switch algorithm {
        case CK_CONV_DIRECT, CK_CONV_DEPTHWISE, CK_CONV_WINOGRAD, CK_CONV_POINTWISE: (.blocked, .blocked)
        case CK_CONV_FIRST: (.plain, .blocked)
        default: (.plain, .plain)
        }
    }

    var label: String {
        let names = [
            "conv", "conv-direct", "conv-first", "conv-depthwise", "conv-winograd", "conv-transposed", "conv-pointwise",
        ]
        let name = Int(algorithm.rawValue) < names.count ? names[Int(algorithm.rawValue)] : "conv"
        let (i, o, k, s) = (shape.input, shape.output, shape.kernel, shape.stride)
        return """
            \(name) \(shape.batch)×\(shape.input_channels)×\(i.1)×\(i.2) → \(shape.output_channels)×\(o.1)×\(o.2), \
            kernel \(k.1)×\(k.2), stride \(s.1)×\(s.2)\(epilogue.label)
            """
    }

    var floatingPointOperationCount: Int {
        let (i, o, k) = (shape.input, shape.output, shape.kernel)
        let places = algorithm == CK_CONV_TRANSPOSED ? i.0 * i.1 * i.2 : o.0 * o.1 * o.2
        let taps = k.0 * k.1 * k.2 * shape.input_channels / shape.groups
        return 2 * shape.batch * shape.output_channels * places * taps
    }

    func takesBias(of shape: [Int]) -> Bool { false }

    func takes(_ activation: ck_activation) -> Bool { activation.followsConvolutions }

    func run(_ call: borrowing KernelCall) {
        guard let input = call.input(0), let weights = call.input(1), let output = call.output(0) else { return }
        let scratch = call.scratch?.assumingMemoryBound(to: Float.self)
        epilogue.with(call, residualStride: 0) { epilogue in
            withUnsafePointer(to: shape) { shape in
                call.tables.kernels.pointee.f32_conv(
                    call.tables.pool,
                    shape,
                    algorithm,
                    input,
                    weights,
                    epilogue,
                    output,
                    scratch
                )
            }
        }
    }
}

/// The largest or the mean element of each window.
struct PoolingKernel: Kernel {
    let isMaximum: Bool
    let shape: ck_pooling_shape

    var label: String {
        let (i, o, k) = (shape.input, shape.output, shape.kernel)
        let name = isMaximum ? "max-pool" : "average-pool"
        return "\(name) \(shape.batch)×\(shape.channels)×\(i.1)×\(i.2) → \(o.1)×\(o.2), kernel \(k.1)×\(k.2)"
    }

    func run(_ call: borrowing KernelCall) {
        guard let input = call.input(0), let output = call.output(0) else { return }
        let kernels = call.tables.kernels.pointee
        let pool = isMaximum ? kernels.f32_max_pool : kernels.f32_average_pool
        withUnsafePointer(to: shape) { pool(call.tables.pool, $0, input, output) }
    }
}

/// The largest or the mean element of each channel.
struct GlobalPoolingKernel: Kernel {
    let isMaximum: Bool
    let layout: Layout
    let batch: Int
    let channels: Int
    let positions: Int

    var label: String { "global-\(isMaximum ? "max" : "average")-pool \(batch)×\(channels)×\(positions)" }

    func run(_ call: borrowing KernelCall) {
        guard let input = call.input(0), let output = call.output(0) else { return }
        let kernels = call.tables.kernels.pointee
        let pool = isMaximum ? kernels.f32_global_max_pool : kernels.f32_global_average_pool
        let layout = layout == .plain ? CK_PLAIN : CK_BLOCKED
        pool(call.tables.pool, layout, batch, channels, positions, input, output)
    }
}
