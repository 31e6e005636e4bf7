import Diagnostics
import OnnxIR
import Tensors

/// Elements of the second input where the condition holds, of the third elsewhere, with broadcasting.
struct Where: Operator {
    static let definition = OperatorDefinition("Where", since: 9, 16) { _ throws(EngineError) in Where() }

    func infer(_ inputs: InputFacts) -> [Facts] {
        var facts = Facts.tensor(inputs.elementType(1), inputs.broadcastShape(0..<3))
        if let condition = inputs[0].constant?.tensor, condition.shape.rank <= 1, facts.shape?.count ?? 2 <= 1,
            let holds = try? condition.array(of: Bool.self), let vectors = inputs.alignedExtents(1..<3)
        {
            let count = max(holds.count, vectors[0].count)
            let isBroadcast = [holds.count, vectors[0].count].allSatisfy { $0 == count || $0 == 1 }
            guard isBroadcast else { return [facts] }
            facts.extents = (0..<count).map { index in
                let vector = holds[holds.count == 1 ? 0 : index] ? vectors[0] : vectors[1]
                return vector[vector.count == 1 ? 0 : index]
            }
        }
        return [facts]
    }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        [.tensor(try call.selected(call.tensor(0), call.tensor(1), call.tensor(2)))]
    }
}

extension OperatorCall {
    /// Elements of `first` where the condition holds, of `second` elsewhere.
    func selected(_ condition: Tensor, _ first: Tensor, _ second: Tensor) throws(EngineError) -> Tensor {
        guard first.elementType == second.elementType else {
            throw .elementTypes(first.elementType, second.elementType)
        }
        let walk = try Broadcast([condition.shape, first.shape, second.shape])
        let holds = try condition.pointer(Bool.self)
        try state.check(first.elementType, walk.shape)
        if let x = first.strings, let y = second.strings {
            var texts: [String] = []
            Self.walk(walk) { c, i, j, _ in texts.append(holds[c] ? x[i] : y[j]) }
            return try .of(strings: texts, walk.shape)
        }
        if first.elementType.isPacked {
            return try packed(selected(condition, unpacked(first), unpacked(second)), as: first.elementType)
        }
        let width = first.elementType.bitWidth ?? 0
        let (x, y) = (try first.wordPointer(), try second.wordPointer())
        return try Tensor.ofBytes(elementType: first.elementType, shape: walk.shape) { bytes in
            guard let target = bytes.baseAddress, walk.shape.elementCount > 0 else { return }
            switch width {
            case 8: Self.select(UInt8.self, walk, holds, x, y, target)
            case 16: Self.select(UInt16.self, walk, holds, x, y, target)
            case 32: Self.select(UInt32.self, walk, holds, x, y, target)
            case 64: Self.select(UInt64.self, walk, holds, x, y, target)
            default: Self.select((UInt64, UInt64).self, walk, holds, x, y, target)
            }
        }
    }

    @inline(__always)
    private static func select<Element>(
        _ type: Element.Type,
        _ walk: Broadcast,
        _ condition: UnsafePointer<Bool>,
        _ first: UnsafeRawPointer,
        _ second: UnsafeRawPointer,
        _ target: UnsafeMutableRawPointer
    ) {
        let x = first.assumingMemoryBound(to: type)
        let y = second.assumingMemoryBound(to: type)
        let z = target.assumingMemoryBound(to: type)
        Self.walk(walk) { c, i, j, k in z[k] = condition[c] ? x[i] : y[j] }
    }

    @inline(__always)
    private static func walk(_ walk: Broadcast, _ body: (Int, Int, Int, Int) -> Void) {
        var output = 0
        for (c, (x, y)) in zip(walk.offsets[0], zip(walk.offsets[1], walk.offsets[2])) {
            defer { output &+= walk.length }
            for index in 0..<walk.length {
                body(
                    c &+ index &* walk.steps[0],
                    x &+ index &* walk.steps[1],
                    y &+ index &* walk.steps[2],
                    output &+ index
                )
            }
        }
    }
}
