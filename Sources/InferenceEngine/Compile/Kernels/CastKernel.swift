import Tensors

/// Elements as another type, for the types that masks and indices have.
struct CastKernel: Kernel {
    let source: ElementType
    let target: ElementType
    let count: Int

    /// `nil` for types that have no kernel.
    init?(_ source: ElementType, _ target: ElementType, count: Int) {
        let known: Set<ElementType> = [.bool, .int32, .int64, .uint8]
        guard target == .float, known.contains(source) else { return nil }
        self.source = source
        self.target = target
        self.count = count
    }

    var label: String { "cast \(source.name) → \(target.name) \(count)" }

    func run(_ call: borrowing KernelCall) {
        switch source {
        case .bool, .uint8: convert(UInt8.self, call)
        case .int32: convert(Int32.self, call)
        default: convert(Int64.self, call)
        }
    }

    private func convert<Source: FixedWidthInteger>(_ type: Source.Type, _ call: borrowing KernelCall) {
        guard let input = call.input(0, as: type), let output = call.output(0) else { return }
        for index in 0..<count { output[index] = Float(input[index]) }
    }
}
