import CKernels

/// A convolution of 8-bit numbers, which it makes of `float` values, by packed 8-bit weights.
///
/// The inputs are the values, the packed weights, the scale and, if there is one, the zero point of their numbers.
struct IntegerConvKernel: EpilogueKernel {
    let shape: ck_conv_shape
    /// Of the input; the output is in blocks of channels.
    let layout: Layout
    let isSigned: Bool
    let hasZeroPoint: Bool
    /// Whether the results are the sums themselves, without scales and epilogue.
    let makesIntegers: Bool
    var epilogue = Epilogue()
    let scratchByteCount: Int

    init(
        _ shape: ck_conv_shape,
        layout: Layout,
        isSigned: Bool,
        hasZeroPoint: Bool,
        makesIntegers: Bool = false,
        tables: KernelTables
    ) {
        self.shape = shape
        self.layout = layout
        self.isSigned = isSigned
        self.hasZeroPoint = hasZeroPoint
        self.makesIntegers = makesIntegers
        scratchByteCount = withUnsafePointer(to: shape) {
            tables.kernels.pointee.i8_conv_scratch_bytes($0, UInt32(tables.threads.threadCount))
        }
    }

    /// The inputs of which there are always as many.
    var operandCount: Int { hasZeroPoint ? 4 : 3 }

    var label: String {
        let (i, o, k, s) = (shape.input, shape.output, shape.kernel, shape.stride)
        return """
            conv int8 \(shape.batch)×\(shape.input_channels)×\(i.1)×\(i.2) → \(shape.output_channels)×\(o.1)×\(o.2), \
            kernel \(k.1)×\(k.2), stride \(s.1)×\(s.2)\(epilogue.label)
            """
    }

    var floatingPointOperationCount: Int {
        let places = shape.output.0 * shape.output.1 * shape.output.2
        return 2 * shape.batch * shape.output_channels * places * shape.productDepth
    }

    func takesBias(of shape: [Int]) -> Bool { false }

    func takes(_ activation: ck_activation) -> Bool { !makesIntegers && activation.followsConvolutions }

    func run(_ call: borrowing KernelCall) {
        guard let input = call.input(0), let weights = call.operands[1], let scale = call.input(2) else { return }
        let quantization = ck_quantization(
            outer: 1,
            channels: 1,
            inner: 1,
            scales: scale,
            zero_points: hasZeroPoint ? call.operands[3].map { UnsafeRawPointer($0) } : nil,
            is_signed: isSigned
        )
        let layout = layout == .blocked ? CK_BLOCKED : CK_PLAIN
        let kernels = call.tables.kernels
        let (pool, scratch) = (call.tables.pool, call.scratch)
        withUnsafePointer(to: shape) { shape in
            withUnsafePointer(to: quantization) { quantization in
                if makesIntegers {
                    guard let output = call.output(0, as: Int32.self) else { return }
                    kernels.pointee.i32_conv_i8(pool, shape, layout, quantization, input, weights, output, scratch)
                    return
                }
                guard let output = call.output(0) else { return }
                epilogue.with(call, residualStride: 0) {
                    kernels.pointee.f32_conv_i8(pool, shape, layout, quantization, input, weights, $0, output, scratch)
                }
            }
        }
    }
}

extension ck_conv_shape {
    /// Products in each result.
    var productDepth: Int {
        groups == 0 ? 0 : input_channels / groups * kernel.0 * kernel.1 * kernel.2
    }
}

extension ck_activation {
    /// Whether convolutions have the function in their epilogue.
    var followsConvolutions: Bool {
        let functions = [
            CK_RELU, CK_CLIP, CK_LEAKY_RELU, CK_HARD_SWISH, CK_HARD_SIGMOID, CK_SILU, CK_SIGMOID,
        ]
        return functions.contains(function)
    }
}
