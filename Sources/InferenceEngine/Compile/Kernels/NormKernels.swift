import CKernels

/// Softmax or its logarithm along one axis.
struct SoftmaxKernel: Kernel {
    let isLogarithm: Bool
    let outer: Int
    let axis: Int
    let inner: Int

    var label: String { "\(isLogarithm ? "log-softmax" : "softmax") \(outer)×\(axis)×\(inner)" }
    var replaceableInputs: [Int] { [0] }

    func run(_ call: borrowing KernelCall) {
        guard let x = call.input(0), let y = call.output(0) else { return }
        call.tables.kernels.pointee.f32_softmax(isLogarithm, x, outer, axis, inner, y, call.tables.pool)
    }
}

/// Layer or RMS normalisation of rows, with a sum before it.
///
/// Inputs are the rows and, as far as they are named, what is added, scale and bias.
struct LayerNormKernel: Kernel {
    let rows: Int
    let columns: Int
    let epsilon: Float
    let isCentred: Bool
    var residual: Int?
    /// Rows of the residual, which repeats when it has fewer.
    var residualRows = 0
    var scale: Int?
    var bias: Int?
    /// Whether the sum that is normalised is a second output.
    var hasSum = false

    var label: String {
        "\(isCentred ? "layer-norm" : "rms-norm") \(rows)×\(columns)" + (residual == nil ? "" : " + residual")
    }
    var replaceableInputs: [Int] { hasSum ? [] : [0] }

    func run(_ call: borrowing KernelCall) {
        var norm = ck_layer_norm()
        norm.rows = rows
        norm.columns = columns
        norm.x = call.input(0)
        norm.residual = residual.flatMap { call.input($0) }
        norm.residual_rows = residualRows
        norm.scale = scale.flatMap { call.input($0) }
        norm.bias = bias.flatMap { call.input($0) }
        norm.epsilon = epsilon
        norm.centred = isCentred
        norm.y = call.output(0)
        if hasSum { norm.sum = call.output(1) }
        withUnsafePointer(to: norm) { call.tables.kernels.pointee.f32_layer_norm($0, call.tables.pool) }
    }
}

/// A reduction along one axis, or along adjacent ones taken as one.
struct ReduceKernel: Kernel {
    let reduction: ck_reduction
    let outer: Int
    let axis: Int
    let inner: Int

    var label: String {
        let names = ["sum", "mean", "max", "min", "prod", "sum-square", "l1", "l2", "log-sum", "log-sum-exp"]
        let name = Int(reduction.rawValue) < names.count ? names[Int(reduction.rawValue)] : "?"
        return "reduce-\(name) \(outer)×\(axis)×\(inner)"
    }

    func run(_ call: borrowing KernelCall) {
        guard let x = call.input(0), let y = call.output(0) else { return }
        call.tables.kernels.pointee.f32_reduce(reduction, x, outer, axis, inner, y, call.tables.pool)
    }
}

/// Mean and variance of each group of channels brought to 0 and 1; inputs are `x`, scale and bias.
struct GroupNormKernel: Kernel {
    let outer: Int
    let groups: Int
    let channels: Int
    let inner: Int
    let epsilon: Float

    var label: String { "group-norm \(outer)×\(channels)×\(inner) in \(groups)" }
    var replaceableInputs: [Int] { [0] }

    func run(_ call: borrowing KernelCall) {
        guard let x = call.input(0), let scale = call.input(1), let bias = call.input(2), let y = call.output(0)
        else { return }
        call.tables.kernels.pointee.f32_group_norm(
            x,
            outer,
            groups,
            channels,
            inner,
            scale,
            bias,
            epsilon,
            y,
            call.tables.pool
        )
    }
}

/// Each channel times a number plus another; inputs are `x`, the factors and the summands.
struct BatchNormKernel: Kernel {
    let outer: Int
    let channels: Int
    let inner: Int
    var activation = ck_activation.identity

    var label: String {
        "scale-shift \(outer)×\(channels)×\(inner)" + (activation.isIdentity ? "" : " + \(activation.function.label)")
    }
    var replaceableInputs: [Int] { [0] }

    func run(_ call: borrowing KernelCall) {
        guard let x = call.input(0), let scale = call.input(1), let shift = call.input(2), let y = call.output(0)
        else { return }
        withUnsafePointer(to: activation) {
            call.tables.kernels.pointee.f32_batch_norm(
                x,
                outer,
                channels,
                inner,
                scale,
                shift,
                $0,
                y,
                call.tables.pool
            )
        }
    }
}

/// Each channel of blocks times a number plus another; inputs are `x`, the factors and, as far as there are, the summands.
struct ScaleBlocksKernel: Kernel {
    let blocks: Int
    let positions: Int
    /// Blocks after which the numbers repeat.
    let rows: Int
    let hasShift: Bool
    var activation = ck_activation.identity

    var label: String {
        let name = hasShift ? "scale-shift" : "scale"
        return "\(name) \(blocks)×\(positions)×\(Layout.blockLength)"
            + (activation.isIdentity ? "" : " + \(activation.function.label)")
    }
    var replaceableInputs: [Int] { [0] }

    func run(_ call: borrowing KernelCall) {
        guard let x = call.input(0), let scale = call.input(1), let y = call.output(0) else { return }
        withUnsafePointer(to: activation) {
            call.tables.kernels.pointee.f32_scale_blocks(
                x,
                blocks,
                positions,
                scale,
                hasShift ? call.input(2) : nil,
                rows,
                $0,
                y,
                call.tables.pool
            )
        }
    }
}

/// Local response normalisation across channels.
struct LRNKernel: Kernel {
    let outer: Int
    let channels: Int
    let inner: Int
    let size: Int
    let alpha: Float
    let beta: Float
    let bias: Float

    var label: String { "lrn \(outer)×\(channels)×\(inner)" }

    func run(_ call: borrowing KernelCall) {
        guard let x = call.input(0), let y = call.output(0) else { return }
        call.tables.kernels.pointee.f32_lrn(
            x,
            outer,
            channels,
            inner,
            size,
            alpha,
            beta,
            bias,
            y,
            call.tables.pool
        )
    }
}
