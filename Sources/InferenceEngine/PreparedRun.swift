import Diagnostics
package import OnnxIR
import Tensors

/// A plan with memory of its own for inputs and outputs, for runs of the same shapes again and again.
///
/// A run of a plan that is one segment of kernels allocates nothing. It is used by one thread at a time.
package final class PreparedRun {
    private struct Buffer {
        let name: String
        let elementType: ElementType
        let shape: Shape
        let bytes: UnsafeMutableRawBufferPointer
    }

    private let segment: CompiledSegment
    private let frame: Frame
    private let inputs: [Buffer]
    private let outputs: [Buffer]

    fileprivate init(
        _ segment: CompiledSegment,
        inputNames: [String],
        outputNames: [String]
    ) throws(EngineError) {
        self.segment = segment
        frame = try segment.newFrame()
        inputs = zip(inputNames, segment.inputs).map { name, input in
            Self.buffer(name, input.type, input.shape)
        }
        outputs = zip(outputNames, segment.outputs).map { name, output in
            Self.buffer(name, output.type, output.shape)
        }
        for (index, buffer) in inputs.enumerated() { frame.place(input: index, at: buffer.bytes.baseAddress) }
        for (index, buffer) in outputs.enumerated() { frame.place(output: index, at: buffer.bytes.baseAddress) }
    }

    deinit {
        for buffer in inputs + outputs { buffer.bytes.deallocate() }
    }

    private static func buffer(_ name: String, _ type: ElementType, _ shape: Shape) -> Buffer {
        let byteCount = type.byteCount(of: shape.elementCount) ?? 0
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(byteCount, 1),
            alignment: MemoryRegion.alignment
        )
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        return Buffer(name: name, elementType: type, shape: shape, bytes: bytes)
    }

    /// Where the elements of an input are read from in each run; `nil` for another name.
    package func input(_ name: String) -> UnsafeMutableRawBufferPointer? {
        inputs.first { $0.name == name }?.bytes
    }

    /// Where a run writes the elements of an output; `nil` for another name.
    package func output(_ name: String) -> UnsafeRawBufferPointer? {
        outputs.first { $0.name == name }.map { UnsafeRawBufferPointer($0.bytes) }
    }

    /// Computes the outputs from what is in the inputs.
    ///
    /// *Throws*: `index` for an index of an input that is out of range.
    package func run() throws(EngineError) { try segment.run(in: frame) }
}

extension InferenceSession {
    /// A plan with memory of its own for inputs of these types, holding these values at first.
    ///
    /// `nil` when the plan is more than one segment of kernels: then `run` is the way.
    ///
    /// *Throws*: as `run`.
    package func prepare(_ feeds: [String: Value]) throws(EngineError) -> PreparedRun? {
        let names = inputs.map(\.name)
        let values = names.compactMap { feeds[$0] }
        guard values.count == feeds.count, values.count == names.count else { return nil }
        _ = try run(feeds)
        let plan = try plan(for: names, values.map(\.type), outputs: outputs.map(\.name))
        guard let (segment, inputOrder, outputOrder) = plan.onlySegment else { return nil }
        let prepared = try PreparedRun(
            segment,
            inputNames: inputOrder.map { names[$0] },
            outputNames: outputOrder.map { outputs[$0].name }
        )
        for index in inputOrder {
            guard let target = prepared.input(names[index]), let source = values[index].tensor?.region?.bytes,
                source.count <= target.count
            else {
                return nil
            }
            target.copyMemory(from: source)
        }
        return prepared
    }
}

extension Plan {
    /// The segment that is all of the plan, and which inputs and outputs of the plan are its own.
    fileprivate var onlySegment: (segment: CompiledSegment, inputs: [Int], outputs: [Int])? {
        guard steps.count == 1, let step = steps.first, let segment = step.node.operation as? CompiledSegment else {
            return nil
        }
        var inputOrder: [Int] = []
        for operand in step.inputs {
            guard case .slot(let slot) = operand, let index = inputs.firstIndex(of: slot) else { return nil }
            inputOrder.append(index)
        }
        var outputOrder: [Int] = []
        for slot in step.outputs {
            guard let slot, let index = outputs.firstIndex(where: { $0.operand.slot == slot }) else { return nil }
            outputOrder.append(index)
        }
        guard outputOrder.count == outputs.count else { return nil }
        return (segment, inputOrder, outputOrder)
    }
}

extension Plan.Operand {
    fileprivate var slot: Int? {
        guard case .slot(let slot) = self else { return nil }
        return slot
    }
}
