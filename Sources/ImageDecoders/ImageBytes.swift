import Diagnostics

/// The bytes of an encoded image, of which none behind the end is ever read.
struct ImageBytes {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var count: Int { bytes.count }

    var pointer: UnsafePointer<UInt8>? { bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) }

    func start(with signature: [UInt8?]) -> Bool {
        guard signature.count <= count else { return false }
        return zip(signature, bytes).allSatisfy { $0 == nil || $0 == $1 }
    }

    /// The byte at an offset; every other way to read goes through here.
    ///
    /// *Throws*: `malformed` behind the end.
    @inline(__always)
    func byte(_ offset: Int) throws(ImageError) -> Int {
        guard offset >= 0, offset < bytes.count else {
            throw ImageError(.malformed, "the data ends too soon, at offset \(bytes.count)")
        }
        return Int(bytes[offset])
    }

    func little16(_ offset: Int) throws(ImageError) -> Int {
        try byte(offset) | byte(offset &+ 1) << 8
    }

    func little32(_ offset: Int) throws(ImageError) -> Int {
        try little16(offset) | little16(offset &+ 2) << 16
    }

    func big16(_ offset: Int) throws(ImageError) -> Int {
        try byte(offset) << 8 | byte(offset &+ 1)
    }

    func big32(_ offset: Int) throws(ImageError) -> Int {
        try big16(offset) << 16 | big16(offset &+ 2)
    }

    /// Makes sure that so many bytes follow an offset.
    ///
    /// *Throws*: `malformed`.
    func require(_ byteCount: Int, at offset: Int) throws(ImageError) {
        guard offset >= 0, byteCount >= 0, byteCount <= count - min(offset, count) else {
            throw ImageError(
                .malformed,
                "the data ends too soon, expected \(byteCount) bytes at offset \(offset) of \(count)"
            )
        }
    }
}
