/// One input of libFuzzer: it may be refused, it may not crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzedReader.ubjson.read(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
