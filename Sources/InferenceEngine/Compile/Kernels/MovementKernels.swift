import CKernels
import Diagnostics
import Tensors

/// The axes in another order.
struct PermuteKernel: Kernel {
    let elementByteCount: Int
    let sizes: [Int]
    let order: [Int]

    var label: String { "transpose \(sizes.map(String.init).joined(separator: "×")) by \(order)" }

    func run(_ call: borrowing KernelCall) {
        guard let source = call.input(0, as: UInt8.self), let target = call.output(0, as: UInt8.self) else { return }
        sizes.withUnsafeBufferPointer { sizes in
            order.withUnsafeBufferPointer { order in
                call.tables.kernels.pointee.permute(
                    elementByteCount,
                    sizes.count,
                    sizes.baseAddress,
                    order.baseAddress,
                    source,
                    target,
                    call.tables.pool
                )
            }
        }
    }
}

/// Boxes of elements, each from an input of its own to a place of its own in an output: slices, concatenations,
/// expansions, splits.
struct BoxKernel: Kernel {
    struct Box: Sendable {
        var input = 0
        var output = 0
        /// Bytes from the beginning of input and output to the first element.
        let fromByteOffset: Int
        let toByteOffset: Int
        let copy: ck_copy
    }

    let name: String
    var boxes: [Box]
    /// Whether each box is an input as a whole, and the output all of them, one behind the other.
    var joinsWholeInputs = false

    var label: String { "\(name) \(boxes.count)" }

    func run(_ call: borrowing KernelCall) {
        for index in boxes.indices {
            guard let source = call.input(boxes[index].input, as: UInt8.self),
                let target = call.output(boxes[index].output, as: UInt8.self)
            else { continue }
            withUnsafePointer(to: boxes[index].copy) {
                call.tables.kernels.pointee.copy_strided(
                    $0,
                    source + boxes[index].fromByteOffset,
                    target + boxes[index].toByteOffset,
                    call.tables.pool
                )
            }
        }
    }
}

extension ck_copy {
    /// `nil` for more axes than kernels have.
    init?(elementByteCount: Int, sizes: [Int], from: [Int], to: [Int]) {
        guard sizes.count <= Int(CK_MOVEMENT_RANK) else { return nil }
        self.init()
        element_bytes = elementByteCount
        rank = sizes.count
        withUnsafeMutableBytes(of: &self.sizes) { $0.bindMemory(to: Int.self).fill(sizes) }
        withUnsafeMutableBytes(of: &from_strides) { $0.bindMemory(to: Int.self).fill(from) }
        withUnsafeMutableBytes(of: &to_strides) { $0.bindMemory(to: Int.self).fill(to) }
    }
}

extension UnsafeMutableBufferPointer<Int> {
    func fill(_ values: [Int]) {
        for (index, value) in values.enumerated() { self[index] = value }
    }
}

/// The channels of blocks in another order.
struct PickChannelsKernel: Kernel {
    let batch: Int
    let positions: Int
    /// For each channel of the output, that of the input.
    let order: [Int32]

    var label: String { "pick-channels \(batch)×\(order.count)×\(positions)" }

    func run(_ call: borrowing KernelCall) {
        guard let source = call.input(0), let target = call.output(0) else { return }
        order.withUnsafeBufferPointer {
            call.tables.kernels.pointee.f32_pick_channels(
                call.tables.pool,
                batch,
                order.count,
                positions,
                $0.baseAddress,
                source,
                target
            )
        }
    }
}

/// Rows picked by indices, which are checked first.
struct GatherKernel: Kernel {
    let outer: Int
    let rows: Int
    let rowByteCount: Int
    let count: Int
    let indexType: ElementType

    var label: String { "gather \(outer)×\(count) of \(rows) rows of \(rowByteCount) bytes" }

    func run(_ call: borrowing KernelCall) throws(EngineError) {
        guard let source = call.input(0, as: UInt8.self), let target = call.output(0, as: UInt8.self) else { return }
        if indexType == .int64 {
            try gather(Int64.self, source, target, call)
        } else {
            try gather(Int32.self, source, target, call)
        }
    }

    private func gather<Index: FixedWidthInteger>(
        _ type: Index.Type,
        _ source: UnsafePointer<UInt8>,
        _ target: UnsafeMutablePointer<UInt8>,
        _ call: borrowing KernelCall
    ) throws(EngineError) {
        guard let indices = call.input(1, as: type) else { return }
        for position in 0..<count where indices[position] < -rows || indices[position] >= rows {
            throw EngineError(
                .index,
                "index \(indices[position]) is out of range, expected \(-rows) to \(rows - 1)"
            )
        }
        call.tables.kernels.pointee.gather_rows(
            source,
            outer,
            rows,
            rowByteCount,
            indices,
            MemoryLayout<Index>.size,
            count,
            target,
            call.tables.pool
        )
    }
}

/// Elements with a constant around them; inputs are the elements and the constant.
struct PadKernel: Kernel {
    private let pad: ck_pad
    let label: String

    init(_ pad: ck_pad, label: String) {
        self.pad = pad
        self.label = label
    }

    func run(_ call: borrowing KernelCall) {
        guard let x = call.operands[0], let value = call.operands[1], let y = call.operands[call.inputCount] else {
            return
        }
        withUnsafePointer(to: pad) { call.tables.kernels.pointee.pad_constant($0, value, x, y, call.tables.pool) }
    }
}
