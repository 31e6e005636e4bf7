import CKernels

/// A convolution of 8-bit numbers, which it makes of `float` values or reads, by packed 8-bit weights.
///
/// The inputs are the values or numbers, the packed weights, and the scale and, if there is one, the zero point of the
/// numbers.
struct IntegerConvKernel: EpilogueKernel {
    /// What the results are made of.
    enum Results: Sendable {
        case floats
        /// The sums themselves, without scales and epilogue.
        case integers
        /// Numbers of 8 bits.
        case numbers(ConvRounding)
    }

    let shape: ck_conv_shape
    /// Of the input; the output is in blocks of channels, or numbers with channels last.
    let layout: Layout
    /// What the input's numbers stand for.
    let form: NumberForm<Int>
    let results: Results
    var epilogue = Epilogue()
    let scratchByteCount: Int

    init(
        _ shape: ck_conv_shape,
        layout: Layout,
        form: NumberForm<Int>,
        results: Results = .floats,
        tables: KernelTables
    ) {
        self.shape = shape
        self.layout = layout
        self.form = form
        self.results = results
        scratchByteCount = withUnsafePointer(to: shape) {
            tables.kernels.pointee.i8_conv_scratch_bytes($0, layout.code, UInt32(tables.threads.threadCount))
        }
    }

    var label: String {
        let (i, o, k, s) = (shape.input, shape.output, shape.kernel, shape.stride)
        return """
            conv int8 \(shape.batch)×\(shape.input_channels)×\(i.1)×\(i.2) → \(shape.output_channels)×\(o.1)×\(o.2), \
            kernel \(k.1)×\(k.2), stride \(s.1)×\(s.2)\(epilogue.label)\(results.label)
            """
    }

    var floatingPointOperationCount: Int {
        let places = shape.output.0 * shape.output.1 * shape.output.2
        return 2 * shape.batch * shape.output_channels * places * shape.productDepth
    }

    func takesBias(of shape: [Int]) -> Bool { false }

    func takes(_ activation: ck_activation) -> Bool {
        if case .floats = results { return activation.followsConvolutions }
        return false
    }

    func run(_ call: borrowing KernelCall) {
        guard let input = call.operands[0], let weights = call.operands[1], let output = call.operands[call.inputCount]
        else { return }
        let (kernels, pool, scratch, code) = (call.tables.kernels.pointee, call.tables.pool, call.scratch, layout.code)
        withUnsafePointer(to: shape) { shape in
            form.with(call) { form in
                switch results {
                case .integers:
                    let to = output.assumingMemoryBound(to: Int32.self)
                    kernels.i32_conv_i8(pool, shape, code, form, input, weights, to, scratch)
                case .floats:
                    let to = output.assumingMemoryBound(to: Float.self)
                    epilogue.with(call, residualStride: 0) {
                        kernels.f32_conv_i8(pool, shape, code, form, input, weights, $0, to, scratch)
                    }
                case .numbers(let rounding):
                    let to = output.assumingMemoryBound(to: UInt8.self)
                    with(rounding, call) {
                        kernels.u8_conv_i8(pool, shape, code, form, input, weights, $0, $1, to, scratch)
                    }
                }
            }
        }
    }

    private func with(
        _ rounding: ConvRounding,
        _ call: borrowing KernelCall,
        _ body: (UnsafePointer<ck_epilogue>, UnsafePointer<ck_conv_rounding>) -> Void
    ) {
        epilogue.with(call, residualStride: 0) { epilogue in
            rounding.with(call) { body(epilogue, $0) }
        }
    }
}

extension IntegerConvKernel.Results {
    fileprivate var label: String {
        guard case .numbers(let rounding) = self else { return "" }
        return rounding.sum == nil ? " to 8 bits" : " + numbers to 8 bits"
    }
}

extension Layout {
    var code: ck_layout {
        switch self {
        case .plain: CK_PLAIN
        case .blocked: CK_BLOCKED
        case .channelsLast: CK_CHANNELS_LAST
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
