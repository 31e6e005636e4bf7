import CKernels
import Tensors

/// An operation on pairs of elements, with broadcasting.
struct BinaryKernel: Kernel {
    let operation: ck_binary
    let shape: BroadcastShape
    var activation = ck_activation.identity

    var label: String {
        let names = ["add", "sub", "mul", "div", "min", "max", "pow", "prelu", "fmod", "mod"]
        let name = Int(operation.rawValue) < names.count ? names[Int(operation.rawValue)] : "binary"
        return "\(name) \(shape.result)" + (activation.isIdentity ? "" : " + \(activation.function.label)")
    }

    var replaceableInputs: [Int] { (0..<2).filter { shape.operands[$0] == shape.result } }

    func run(_ call: borrowing KernelCall) {
        guard let a = call.input(0), let b = call.input(1), let y = call.output(0) else { return }
        withUnsafePointer(to: shape.steps) { steps in
            withUnsafePointer(to: activation) { activation in
                call.tables.kernels.pointee.f32_binary(operation, steps, a, b, activation, y, call.tables.pool)
            }
        }
    }
}

/// How operands broadcast, with axes that run alike taken together.
struct BroadcastShape: Sendable {
    let result: Shape
    let operands: [Shape]
    let steps: ck_broadcast

    /// `nil` when the operands do not broadcast, or in more ways than kernels have axes for.
    init?(_ operands: [Shape]) {
        var result = Shape.scalar
        for operand in operands {
            guard let wider = result.broadcast(with: operand) else { return nil }
            result = wider
        }
        let aligned = operands.map { operand in
            let padding = result.rank - operand.rank
            let strides = operand.strides
            return (0..<result.rank).map { axis in
                axis < padding || (operand[axis - padding] == 1 && result[axis] != 1) ? 0 : strides[axis - padding]
            }
        }
        guard let steps = Self.collapsed(result.dimensions, aligned) else { return nil }
        self.result = result
        self.operands = operands
        self.steps = steps
    }

    /// Axes with the step of each operand along them, as few as can be.
    static func collapsed(_ sizes: [Int], _ strides: [[Int]]) -> ck_broadcast? {
        var axes: [(size: Int, strides: [Int])] = []
        for (axis, size) in sizes.enumerated() where size != 1 {
            let own = strides.map { $0[axis] }
            if let last = axes.last, zip(last.strides, own).allSatisfy({ $0 == $1 * size }) {
                axes[axes.count - 1] = (last.size * size, own)
            } else {
                axes.append((size, own))
            }
        }
        guard axes.count <= Int(CK_BROADCAST_RANK), strides.count <= 3 else { return nil }
        var steps = ck_broadcast()
        steps.rank = axes.count
        withUnsafeMutableBytes(of: &steps.sizes) { bytes in
            let sizes = bytes.bindMemory(to: Int.self)
            for (index, axis) in axes.enumerated() { sizes[index] = axis.size }
        }
        withUnsafeMutableBytes(of: &steps.strides) { bytes in
            let table = bytes.bindMemory(to: Int.self)
            for operand in strides.indices {
                for (index, axis) in axes.enumerated() {
                    table[operand * Int(CK_BROADCAST_RANK) + index] = axis.strides[operand]
                }
            }
        }
        return steps
    }
}
