import CKernels

/// Products of stacks of matrices that are both computed.
struct MatMulKernel: EpilogueKernel {
    let batch: Int
    let rows: Int
    let columns: Int
    let inner: Int
    /// Where the operands of each product begin; empty where all are the same.
    let leftOffsets: [Int]
    let rightOffsets: [Int]
    let transposesLeft: Bool
    let transposesRight: Bool
    var epilogue = Epilogue()
    let scratchByteCount: Int

    init(
        rows: Int,
        columns: Int,
        inner: Int,
        leftOffsets: [Int],
        rightOffsets: [Int],
        transposesLeft: Bool = false,
        transposesRight: Bool = false,
        tables: KernelTables
    ) {
        batch = max(leftOffsets.count, rightOffsets.count)
        self.rows = rows
        self.columns = columns
        self.inner = inner
        self.leftOffsets = leftOffsets
        self.rightOffsets = rightOffsets
        self.transposesLeft = transposesLeft
        self.transposesRight = transposesRight
        let threads = UInt32(tables.threads.threadCount)
        scratchByteCount =
            tables.kernels.pointee.f32_matmul_scratch_size(batch, rows, columns, inner, threads)
            * MemoryLayout<Float>.stride
    }

    var label: String { "matmul \(batch)×\(rows)×\(inner)×\(columns)" + epilogue.label }
    var floatingPointOperationCount: Int { 2 * batch * rows * columns * inner }
    var replaceableInputs: [Int] { epilogue.residual.map { [$0] } ?? [] }

    func takesBias(of shape: [Int]) -> Bool {
        shape.last == columns && shape[..<max(0, shape.count - 1)].allSatisfy { $0 == 1 }
    }

    func run(_ call: borrowing KernelCall) {
        guard let a = call.input(0), let b = call.input(1), let c = call.output(0) else { return }
        let scratch = call.scratch?.assumingMemoryBound(to: Float.self)
        leftOffsets.withUnsafeBufferPointer { left in
            rightOffsets.withUnsafeBufferPointer { right in
                let lhs = ck_f32_matrices(
                    elements: a,
                    offsets: left.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: Int.self) },
                    row_stride: transposesLeft ? 1 : inner,
                    column_stride: transposesLeft ? rows : 1
                )
                let rhs = ck_f32_matrices(
                    elements: b,
                    offsets: right.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: Int.self) },
                    row_stride: transposesRight ? 1 : columns,
                    column_stride: transposesRight ? inner : 1
                )
                epilogue.with(call, residualStride: columns) { epilogue in
                    withUnsafePointer(to: lhs) { lhs in
                        withUnsafePointer(to: rhs) { rhs in
                            call.tables.kernels.pointee.f32_matmul(
                                batch,
                                rows,
                                columns,
                                inner,
                                lhs,
                                rhs,
                                c,
                                columns,
                                nil,
                                epilogue,
                                scratch,
                                call.tables.pool
                            )
                        }
                    }
                }
            }
        }
    }
}
