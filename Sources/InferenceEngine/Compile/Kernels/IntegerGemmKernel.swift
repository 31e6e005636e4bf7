import CKernels

/// The product of rows of 8-bit numbers by packed 8-bit weights, as floats.
///
/// The packed weights have the scales of the columns before them.
struct IntegerGemmKernel: EpilogueKernel {
    /// What the rows are.
    enum Rows: Sendable {
        /// Floats, each row of which is quantised by its range.
        case floats
        /// Numbers with a scale and a zero point for all, by their places among the inputs; 1 and 0 where there are none.
        case numbers(isSigned: Bool, scale: Int?, zeroPoint: Int?)
    }

    let source: Rows
    let rows: Int
    let columns: Int
    let inner: Int
    var epilogue = Epilogue()
    let scratchByteCount: Int
    private let productByteCount: Int

    init(_ source: Rows, rows: Int, columns: Int, inner: Int, tables: KernelTables) {
        self.source = source
        self.rows = rows
        self.columns = columns
        self.inner = inner
        productByteCount = Arena.rounded(tables.kernels.pointee.i8_gemm_scratch_bytes(rows, columns, inner))
        switch source {
        case .floats:
            scratchByteCount =
                productByteCount + Arena.rounded(rows * MemoryLayout<Float>.stride) + Arena.rounded(rows) + rows * inner
        case .numbers: scratchByteCount = productByteCount
        }
    }

    var label: String { "gemm int8 \(rows)×\(inner)×\(columns)" + epilogue.label }
    var floatingPointOperationCount: Int { 2 * rows * columns * inner }
    var replaceableInputs: [Int] { epilogue.residual.map { [$0] } ?? [] }

    func takesBias(of shape: [Int]) -> Bool {
        shape.last == columns && shape[..<max(0, shape.count - 1)].allSatisfy { $0 == 1 }
    }

    func run(_ call: borrowing KernelCall) {
        switch source {
        case .floats:
            guard let a = call.input(0), let scratch = call.scratch else { return }
            let scales = scratch + productByteCount
            let zeroPoints = scales + Arena.rounded(rows * MemoryLayout<Float>.stride)
            let numbers = zeroPoints + Arena.rounded(rows)
            let rowScales = scales.assumingMemoryBound(to: Float.self)
            call.tables.kernels.pointee.u8_quantize_rows(
                rows,
                inner,
                a,
                inner,
                numbers.assumingMemoryBound(to: UInt8.self),
                inner,
                rowScales,
                zeroPoints.assumingMemoryBound(to: UInt8.self),
                call.tables.pool
            )
            let matrix = ck_i8_matrix(
                elements: numbers,
                is_signed: false,
                row_stride: inner,
                zero_points: zeroPoints,
                zero_point_stride: 1
            )
            multiply(matrix, rowScales, epilogue, call)
        case .numbers(let isSigned, let scale, let zeroPoint):
            guard let a = call.operands[0] else { return }
            var epilogue = epilogue
            if let scale, let factor = call.input(scale)?.pointee { epilogue.scale *= factor }
            let matrix = ck_i8_matrix(
                elements: a,
                is_signed: isSigned,
                row_stride: inner,
                zero_points: zeroPoint.flatMap { call.operands[$0] }.map { UnsafeRawPointer($0) },
                zero_point_stride: 0
            )
            multiply(matrix, nil, epilogue, call)
        }
    }

    private func multiply(
        _ matrix: ck_i8_matrix,
        _ rowScales: UnsafePointer<Float>?,
        _ epilogue: Epilogue,
        _ call: borrowing KernelCall
    ) {
        guard let scales = call.input(1), let weights = call.operands[1], let c = call.output(0) else { return }
        let packed = weights + Self.scalesByteCount(columns)
        let kernels = call.tables.kernels
        let (scratch, pool) = (call.scratch, call.tables.pool)
        epilogue.with(call, residualStride: columns) { epilogue in
            withUnsafePointer(to: matrix) { matrix in
                kernels.pointee.f32_gemm_i8(
                    rows,
                    columns,
                    inner,
                    matrix,
                    rowScales,
                    packed,
                    scales,
                    c,
                    columns,
                    epilogue,
                    scratch,
                    pool
                )
            }
        }
    }

    /// Bytes of the scales before the packed weights.
    static func scalesByteCount(_ columns: Int) -> Int { Arena.rounded(columns * MemoryLayout<Float>.stride) }
}

/// The product of 8-bit numbers by packed 8-bit weights, less their zero points, as integers.
struct IntegerProductKernel: Kernel {
    let isSigned: Bool
    let rows: Int
    let columns: Int
    let inner: Int
    /// Whether there are zero points, and whether each row has its own.
    let hasZeroPoints: Bool
    let zeroPointsByRow: Bool
    let scratchByteCount: Int

    init(
        isSigned: Bool,
        rows: Int,
        columns: Int,
        inner: Int,
        hasZeroPoints: Bool,
        zeroPointsByRow: Bool,
        tables: KernelTables
    ) {
        self.isSigned = isSigned
        self.rows = rows
        self.columns = columns
        self.inner = inner
        self.hasZeroPoints = hasZeroPoints
        self.zeroPointsByRow = zeroPointsByRow
        scratchByteCount = tables.kernels.pointee.i8_gemm_scratch_bytes(rows, columns, inner)
    }

    var label: String { "integer product \(rows)×\(inner)×\(columns)" }
    var floatingPointOperationCount: Int { 2 * rows * columns * inner }

    func run(_ call: borrowing KernelCall) {
        guard let a = call.operands[0], let weights = call.operands[1], let c = call.output(0, as: Int32.self)
        else { return }
        let matrix = ck_i8_matrix(
            elements: a,
            is_signed: isSigned,
            row_stride: inner,
            zero_points: hasZeroPoints ? call.operands[2].map { UnsafeRawPointer($0) } : nil,
            zero_point_stride: zeroPointsByRow ? 1 : 0
        )
        withUnsafePointer(to: matrix) {
            call.tables.kernels.pointee.i32_gemm_i8(
                rows,
                columns,
                inner,
                $0,
                weights + IntegerGemmKernel.scalesByteCount(columns),
                c,
                columns,
                call.scratch,
                call.tables.pool
            )
        }
    }
}
