import COnnxProto
import CProtobufC
import Diagnostics
import Tensors

/// The memory of a tree of protobuf-c messages, freed as a whole.
///
/// Bytes of tensors are not copied into it: the tree points at them, and the arena keeps them alive.
final class MessageArena {
    private var allocations: [UnsafeMutableRawPointer] = []
    private var regions: [MemoryRegion] = []

    deinit { for allocation in allocations { allocation.deallocate() } }

    /// A message as its `init` function leaves it.
    func message<Message>(
        _ initialize: (UnsafeMutablePointer<Message>?) -> Void
    ) -> UnsafeMutablePointer<Message> {
        let message = allocate(Message.self, count: 1)
        initialize(message)
        return message
    }

    /// A C string; `nil` for an empty one, which leaves the field out.
    func string(_ text: String) throws(OnnxProtobufError) -> UnsafeMutablePointer<CChar>? {
        text.isEmpty ? nil : try requiredString(text)
    }

    /// A C string, also for an empty one.
    func requiredString(_ text: String) throws(OnnxProtobufError) -> UnsafeMutablePointer<CChar> {
        guard !text.utf8.contains(0) else {
            throw OnnxProtobufError(.text, "string `\(text.split(separator: "\0").first ?? "")…` holds a NUL")
        }
        return copied(text.utf8CString)
    }

    /// The value of a `repeated string`.
    func strings(
        _ texts: [String]
    ) throws(OnnxProtobufError) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        try messages(texts) { text throws(OnnxProtobufError) in try requiredString(text) }
    }

    /// The value of a `bytes`.
    func bytes(_ bytes: some Collection<UInt8>) -> ProtobufCBinaryData {
        ProtobufCBinaryData(len: bytes.count, data: numbers(Array(bytes)).1)
    }

    /// The values of a `repeated bytes`; equal ones share their memory.
    func bytes(_ values: [[UInt8]]) -> (Int, UnsafeMutablePointer<ProtobufCBinaryData>?) {
        var known: [[UInt8]: ProtobufCBinaryData] = [:]
        return numbers(
            values.map { value in
                if let copy = known[value] { return copy }
                let copy = bytes(value)
                known[value] = copy
                return copy
            }
        )
    }

    /// The value of a `bytes` that is not copied.
    func bytes(_ region: MemoryRegion) -> ProtobufCBinaryData {
        regions.append(region)
        // SAFETY: packing only reads, the field of the C structure is not const.
        let data = UnsafeMutableRawPointer(mutating: region.bytes.baseAddress)
        return ProtobufCBinaryData(len: region.bytes.count, data: data?.assumingMemoryBound(to: UInt8.self))
    }

    /// The value of a repeated number.
    func numbers<Number: BitwiseCopyable>(_ values: [Number]) -> (Int, UnsafeMutablePointer<Number>?) {
        values.isEmpty ? (0, nil) : (values.count, copied(values))
    }

    /// The value of a repeated message: `encode` makes each.
    func messages<Item, Message>(
        _ items: [Item],
        _ encode: (Item) throws(OnnxProtobufError) -> UnsafeMutablePointer<Message>
    ) throws(OnnxProtobufError) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?) {
        guard !items.isEmpty else { return (0, nil) }
        let target = allocate(UnsafeMutablePointer<Message>?.self, count: items.count)
        for (index, item) in items.enumerated() { target[index] = try encode(item) }
        return (items.count, target)
    }

    private func copied<Element: BitwiseCopyable>(_ values: some Collection<Element>) -> UnsafeMutablePointer<Element> {
        let target = allocate(Element.self, count: values.count)
        _ = UnsafeMutableBufferPointer(start: target, count: values.count).update(from: values)
        return target
    }

    private func allocate<Element>(_ type: Element.Type, count: Int) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: count * MemoryLayout<Element>.stride,
            alignment: MemoryLayout<Element>.alignment
        )
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: count * MemoryLayout<Element>.stride)
        allocations.append(memory)
        return memory.bindMemory(to: type, capacity: count)
    }
}
