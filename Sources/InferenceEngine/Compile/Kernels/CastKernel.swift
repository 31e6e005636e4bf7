import CKernels
import Tensors

/// Elements as another type: integers as masks and indices have them as `float`, and `float` from and to half-wide types.
struct CastKernel: Kernel {
    let source: ElementType
    let target: ElementType
    let count: Int

    /// `nil` for types that have no kernel.
    init?(_ source: ElementType, _ target: ElementType, count: Int) {
        let isKnown =
            switch (source, target) {
            case (.bool, .float), (.int32, .float), (.int64, .float), (.uint8, .float): true
            case (.float16, .float), (.bfloat16, .float), (.float, .float16), (.float, .bfloat16): true
            default: false
            }
        guard isKnown else { return nil }
        self.source = source
        self.target = target
        self.count = count
    }

    var label: String { "cast \(source.name) → \(target.name) \(count)" }

    func run(_ call: borrowing KernelCall) {
        switch (source, target) {
        case (_, .float16), (_, .bfloat16): narrow(call)
        case (.float16, _), (.bfloat16, _): widen(call)
        case (.bool, _), (.uint8, _): convert(UInt8.self, call)
        case (.int32, _): convert(Int32.self, call)
        default: convert(Int64.self, call)
        }
    }

    private func narrow(_ call: borrowing KernelCall) {
        guard let x = call.input(0), let y = call.output(0, as: UInt16.self) else { return }
        let kernels = call.tables.kernels.pointee
        let convert = target == .float16 ? kernels.f32_to_f16 : kernels.f32_to_bf16
        convert(x, y, count, call.tables.pool)
    }

    private func widen(_ call: borrowing KernelCall) {
        guard let x = call.input(0, as: UInt16.self), let y = call.output(0) else { return }
        let kernels = call.tables.kernels.pointee
        let convert = source == .float16 ? kernels.f16_to_f32 : kernels.bf16_to_f32
        convert(x, y, count, call.tables.pool)
    }

    private func convert<Source: FixedWidthInteger>(_ type: Source.Type, _ call: borrowing KernelCall) {
        guard let input = call.input(0, as: type), let output = call.output(0) else { return }
        for index in 0..<count { output[index] = Float(input[index]) }
    }
}
