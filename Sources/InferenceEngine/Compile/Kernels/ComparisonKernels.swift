import CKernels

/// Truth values of two operands that broadcast.
struct ComparisonKernel: Kernel {
    let comparison: ck_comparison
    let shape: BroadcastShape

    var label: String {
        let names = ["equal", "less", "less-or-equal", "greater", "greater-or-equal"]
        let name = Int(comparison.rawValue) < names.count ? names[Int(comparison.rawValue)] : "compare"
        return "\(name) \(shape.result)"
    }

    func run(_ call: borrowing KernelCall) {
        guard let a = call.input(0), let b = call.input(1), let y = call.output(0, as: UInt8.self) else { return }
        withUnsafePointer(to: shape.steps) {
            call.tables.kernels.pointee.f32_compare(comparison, $0, a, b, y, call.tables.pool)
        }
    }
}

/// The place of the highest or the lowest element along an axis.
struct ArgKernel: Kernel {
    let findsLowest: Bool
    let takesLast: Bool
    let outer: Int
    let axis: Int
    let inner: Int

    var label: String { "arg-\(findsLowest ? "min" : "max") \(outer)×\(axis)×\(inner)" }

    func run(_ call: borrowing KernelCall) {
        guard let x = call.input(0), let y = call.output(0, as: Int64.self) else { return }
        call.tables.kernels.pointee.f32_arg(findsLowest, takesLast, x, outer, axis, inner, y, call.tables.pool)
    }
}
