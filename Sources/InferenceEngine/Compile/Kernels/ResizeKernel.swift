import CKernels

/// Planes of floats at another resolution.
struct ResizeKernel: Kernel {
    /// Where the results along an axis come from: a place, or the mean of two places by a weight.
    struct Axis: Sendable {
        let from: Int
        let low: [UInt32]
        /// Empty when the nearest element is taken.
        let high: [UInt32]
        let weight: [Float]

        fileprivate func with<Result>(_ body: (UnsafePointer<ck_resize_axis>) -> Result) -> Result {
            low.withUnsafeBufferPointer { low in
                high.withUnsafeBufferPointer { high in
                    weight.withUnsafeBufferPointer { weight in
                        var axis = ck_resize_axis()
                        axis.from = from
                        axis.to = low.count
                        axis.low = low.baseAddress
                        axis.high = high.isEmpty ? nil : high.baseAddress
                        axis.weight = weight.isEmpty ? nil : weight.baseAddress
                        return withUnsafePointer(to: axis, body)
                    }
                }
            }
        }
    }

    let planes: Int
    let rows: Axis
    let columns: Axis

    var label: String {
        "resize \(planes)×\(rows.from)×\(columns.from) → \(rows.low.count)×\(columns.low.count)"
    }

    func run(_ call: borrowing KernelCall) {
        guard let x = call.input(0), let y = call.output(0) else { return }
        rows.with { rows in
            columns.with { columns in
                call.tables.kernels.pointee.f32_resize(x, planes, rows, columns, y, call.tables.pool)
            }
        }
    }
}
