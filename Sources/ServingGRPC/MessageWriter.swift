/// A protobuf message that grows at its end.
///
/// Fields that have their default value are left out, as proto3 has it.
///
/// *Source*: protobuf, Encoding.
package struct MessageWriter {
    /// The message so far.
    package private(set) var bytes: [UInt8] = []

    /// An empty message.
    package init() {}

    /// Makes room for more bytes.
    package mutating func reserve(_ byteCount: Int) { bytes.reserveCapacity(bytes.count + byteCount) }

    /// A truth value.
    package mutating func write(_ number: Int, _ value: Bool) {
        if value { write(number, UInt64(1)) }
    }

    /// A whole number.
    package mutating func write(_ number: Int, _ value: Int) { write(number, UInt64(bitPattern: Int64(value))) }

    /// A whole number.
    package mutating func write(_ number: Int, _ value: UInt64) {
        guard value != 0 else { return }
        varint(UInt64(number) << 3)
        varint(value)
    }

    /// A number that is 0, of a field that is one of several.
    package mutating func writeZero(_ number: Int) {
        varint(UInt64(number) << 3)
        varint(0)
    }

    /// A text.
    package mutating func write(_ number: Int, _ text: String) {
        if !text.isEmpty { write(number, bytes: text.utf8) }
    }

    /// A field of bytes, which is written even when there are none: one of several.
    package mutating func write(_ number: Int, bytes value: some Collection<UInt8>) {
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A message in a field.
    package mutating func write(_ number: Int, _ body: (inout MessageWriter) -> Void) {
        var message = MessageWriter()
        body(&message)
        write(number, bytes: message.bytes)
    }

    /// Numbers one after the other in one field.
    package mutating func write(_ number: Int, packed values: [Int]) {
        guard !values.isEmpty else { return }
        var elements = MessageWriter()
        for value in values { elements.varint(UInt64(bitPattern: Int64(value))) }
        write(number, bytes: elements.bytes)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
