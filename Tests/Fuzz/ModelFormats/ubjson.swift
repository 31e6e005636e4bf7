import ModelFormats

/// One input of libFuzzer: it may be refused, it may not crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let document = try? readUBJSON(Array(UnsafeBufferPointer(start: start, count: count))) else { return 0 }
    _ = document["learner"]?["gradient_booster"]?.elements?.count
    return 0
}
