import Diagnostics
import OnnxIR
import Tensors

/// A hash of 32 bits of each element: of the bytes of a number, or of the UTF-8 of a text.
///
/// *Source*: the reference implementation of MurmurHash3 by Austin Appleby, variant `x86_32`.
struct MurmurHash3: Operator {
    let isPositive: Bool
    let seed: UInt32

    static let definition = OperatorDefinition("MurmurHash3", domain: .microsoft, since: 1) {
        node throws(EngineError) in
        MurmurHash3(
            isPositive: try node.bool("positive", default: true),
            seed: UInt32(truncatingIfNeeded: try node.int("seed", default: 0))
        )
    }

    private var outputType: ElementType { isPositive ? .uint32 : .int32 }

    func infer(_ inputs: InputFacts) -> [Facts] { [inputs.like(elementType: outputType)] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let input = try call.tensor(0)
        try call.state.check(.uint32, input.shape)
        let hashes = try hashes(of: input)
        guard isPositive else { return [.tensor(try .of(hashes.map { Int32(bitPattern: $0) }, input.shape))] }
        return [.tensor(try .of(hashes, input.shape))]
    }

    private func hashes(of input: Tensor) throws(EngineError) -> [UInt32] {
        if let texts = input.strings { return texts.map { hash(Array($0.utf8)) } }
        switch input.elementType {
        case .int32, .uint32, .int64, .uint64, .float, .double: break
        case let type: throw .elementType(type, expected: "numbers of 32 or 64 bits, or strings")
        }
        let width = (input.elementType.bitWidth ?? 0) / 8
        let bytes = UnsafeRawBufferPointer(start: try input.bytePointer(), count: input.shape.elementCount * width)
        return (0..<input.shape.elementCount).map { hash(Array(bytes[($0 * width)..<(($0 + 1) * width)])) }
    }

    private func hash(_ bytes: [UInt8]) -> UInt32 {
        var hash = seed
        for start in stride(from: 0, to: bytes.count, by: 4) {
            let block = bytes[start..<min(start + 4, bytes.count)]
            var word: UInt32 = 0
            for (place, byte) in block.enumerated() { word |= UInt32(byte) << (8 * UInt32(place)) }
            hash ^= Self.rotated(word &* 0xcc9e_2d51, by: 15) &* 0x1b87_3593
            if block.count == 4 { hash = Self.rotated(hash, by: 13) &* 5 &+ 0xe654_6b64 }
        }
        hash ^= UInt32(truncatingIfNeeded: bytes.count)
        hash = (hash ^ hash >> 16) &* 0x85eb_ca6b
        hash = (hash ^ hash >> 13) &* 0xc2b2_ae35
        return hash ^ hash >> 16
    }

    private static func rotated(_ word: UInt32, by count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}
