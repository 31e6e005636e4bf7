import CKernels

/// The product of rows by packed weights.
struct GemmKernel: EpilogueKernel {
    let rows: Int
    let columns: Int
    let inner: Int
    var epilogue = Epilogue()
    let scratchByteCount: Int

    init(rows: Int, columns: Int, inner: Int, tables: KernelTables) {
        self.rows = rows
        self.columns = columns
        self.inner = inner
        let threads = UInt32(tables.threads.threadCount)
        scratchByteCount =
            tables.kernels.pointee.f32_gemm_scratch_size(rows, columns, inner, inner, threads)
            * MemoryLayout<Float>.stride
    }

    var label: String { "gemm \(rows)×\(inner)×\(columns)" + epilogue.label }
    var floatingPointOperationCount: Int { 2 * rows * columns * inner }
    var replaceableInputs: [Int] { epilogue.residual.map { [$0] } ?? [] }

    func takesBias(of shape: [Int]) -> Bool {
        shape.last == columns && shape[..<max(0, shape.count - 1)].allSatisfy { $0 == 1 }
    }

    func run(_ call: borrowing KernelCall) {
        guard let a = call.input(0), let weights = call.input(1), let c = call.output(0) else { return }
        let scratch = call.scratch?.assumingMemoryBound(to: Float.self)
        epilogue.with(call, residualStride: columns) { epilogue in
            call.tables.kernels.pointee.f32_gemm(
                rows,
                columns,
                inner,
                a,
                inner,
                weights,
                c,
                columns,
                epilogue,
                scratch,
                call.tables.pool
            )
        }
    }
}
