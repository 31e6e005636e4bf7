import CKernels

/// The product of rows by packed weights.
struct GemmKernel: EpilogueKernel {
    /// What the packed weights are.
    enum Weights: Sendable {
        case float
        case bfloat16
        /// Of 2, 4 or 8 bits, with a scale and a zero point for each block of rows.
        case fewBits(bitCount: Int, blockSize: Int)
    }

    let rows: Int
    let columns: Int
    let inner: Int
    let weights: Weights
    var epilogue = Epilogue()
    let scratchByteCount: Int

    init(rows: Int, columns: Int, inner: Int, weights: Weights = .float, tables: KernelTables) {
        self.rows = rows
        self.columns = columns
        self.inner = inner
        self.weights = weights
        let threads = UInt32(tables.threads.threadCount)
        let kernels = tables.kernels.pointee
        let count =
            if case .fewBits = weights {
                kernels.f32_gemm_bits_scratch_size(rows, columns, inner, inner, threads)
            } else {
                kernels.f32_gemm_scratch_size(rows, columns, inner, inner, threads)
            }
        scratchByteCount = count * MemoryLayout<Float>.stride
    }

    var label: String {
        let name =
            switch weights {
            case .float: "gemm"
            case .bfloat16: "gemm bf16"
            case .fewBits(let bitCount, _): "gemm \(bitCount) bits"
            }
        return "\(name) \(rows)×\(inner)×\(columns)" + epilogue.label
    }
    var floatingPointOperationCount: Int { 2 * rows * columns * inner }
    var replaceableInputs: [Int] { epilogue.residual.map { [$0] } ?? [] }

    func takesBias(of shape: [Int]) -> Bool {
        shape.last == columns && shape[..<max(0, shape.count - 1)].allSatisfy { $0 == 1 }
    }

    func run(_ call: borrowing KernelCall) {
        guard let a = call.input(0), let c = call.output(0) else { return }
        let scratch = call.scratch?.assumingMemoryBound(to: Float.self)
        let kernels = call.tables.kernels
        let pool = call.tables.pool
        switch weights {
        case .float:
            guard let b = call.input(1) else { return }
            epilogue.with(call, residualStride: columns) {
                kernels.pointee.f32_gemm(rows, columns, inner, a, inner, b, c, columns, $0, scratch, pool)
            }
        case .bfloat16:
            guard let b = call.input(1, as: UInt16.self) else { return }
            epilogue.with(call, residualStride: columns) {
                kernels.pointee.f32_gemm_bf16(rows, columns, inner, a, inner, b, c, columns, $0, scratch, pool)
            }
        case .fewBits(let bitCount, let blockSize):
            guard let b = call.input(1, as: UInt8.self) else { return }
            epilogue.with(call, residualStride: columns) {
                kernels.pointee.f32_gemm_bits(
                    rows,
                    columns,
                    inner,
                    a,
                    inner,
                    b,
                    UInt32(bitCount),
                    blockSize,
                    c,
                    columns,
                    $0,
                    scratch,
                    pool
                )
            }
        }
    }
}
