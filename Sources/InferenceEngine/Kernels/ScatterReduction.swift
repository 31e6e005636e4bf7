import Diagnostics
import OnnxIR
import Tensors

/// How an update meets the element that it is scattered to.
enum ScatterReduction: String, CaseIterable, Sendable {
    case none
    case add
    case mul
    case min
    case max

    /// A copy of `input` with blocks of `updates` at the offsets, which lie inside of it.
    func scatter(
        _ updates: Tensor,
        into input: Tensor,
        at offsets: [Int],
        length: Int,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        guard updates.elementType == input.elementType else {
            throw .elementTypes(input.elementType, updates.elementType)
        }
        try call.state.check(input.elementType, input.shape)
        guard self != .none else { return try replace(updates, in: input, at: offsets, length: length, call) }
        switch input.elementType {
        case .float: return try join(Float.self, updates, input, offsets, length)
        case .double: return try join(Double.self, updates, input, offsets, length)
        case .int8: return try join(Int8.self, updates, input, offsets, length)
        case .int16: return try join(Int16.self, updates, input, offsets, length)
        case .int32: return try join(Int32.self, updates, input, offsets, length)
        case .int64: return try join(Int64.self, updates, input, offsets, length)
        case .uint8: return try join(UInt8.self, updates, input, offsets, length)
        case .uint16: return try join(UInt16.self, updates, input, offsets, length)
        case .uint32: return try join(UInt32.self, updates, input, offsets, length)
        case .uint64: return try join(UInt64.self, updates, input, offsets, length)
        default: throw .elementType(input.elementType, expected: "a number type")
        }
    }

    private func replace(
        _ updates: Tensor,
        in input: Tensor,
        at offsets: [Int],
        length: Int,
        _ call: OperatorCall
    ) throws(EngineError) -> Tensor {
        if var texts = input.strings, let news = updates.strings {
            for (block, offset) in offsets.enumerated() {
                for index in 0..<length { texts[offset + index] = news[block * length + index] }
            }
            return try .of(strings: texts, input.shape)
        }
        if input.elementType.isPacked {
            let codes = try replace(call.unpacked(updates), in: call.unpacked(input), at: offsets, length: length, call)
            return try call.packed(codes, as: input.elementType)
        }
        let (source, new) = (try input.bytePointer(), try updates.bytePointer())
        let size = (input.elementType.bitWidth ?? 0) / 8
        return try Tensor.ofBytes(elementType: input.elementType, shape: input.shape) { bytes in
            guard let target = bytes.baseAddress else { return }
            target.copyMemory(from: source, byteCount: bytes.count)
            for (block, offset) in offsets.enumerated() {
                let place = target + offset * size
                place.copyMemory(from: new + block * length * size, byteCount: length * size)
            }
        }
    }

    private func join<Element: WrappingNumber>(
        _ type: Element.Type,
        _ updates: Tensor,
        _ input: Tensor,
        _ offsets: [Int],
        _ length: Int
    ) throws(EngineError) -> Tensor {
        let (source, new) = (try input.pointer(type), try updates.pointer(type))
        return try Tensor.filled(of: type, shape: input.shape) { target in
            target.update(from: source, count: input.shape.elementCount)
            for (block, offset) in offsets.enumerated() {
                for index in 0..<length {
                    let (old, update) = (target[offset &+ index], new[block &* length &+ index])
                    target[offset &+ index] = join(old, update)
                }
            }
        }
    }

    private func join<Element: WrappingNumber>(_ old: Element, _ update: Element) -> Element {
        switch self {
        case .none: update
        case .add: Element.wrappingAdd(old, update)
        case .mul: Element.wrappingMultiply(old, update)
        case .min: Element.least(old, update)
        case .max: Element.greatest(old, update)
        }
    }
}
