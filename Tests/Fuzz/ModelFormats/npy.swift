import ModelFormats

/// One input of libFuzzer: it may be refused, it may not crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let tensor = try? readNpy(bytes) { _ = try? writeNpy(tensor) }
    _ = try? readNpz(bytes, limit: 1 << 24)
    return 0
}
