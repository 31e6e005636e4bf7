import OnnxIR
import OnnxReader
import Tensors

/// One input of libFuzzer: it may be refused, it may not crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let region = try? MemoryRegion.copying(UnsafeRawBufferPointer(start: start, count: count)) else { return 0 }
    if let model = try? readModel(region, folder: "/nonexistent") {
        _ = firstDifference(model, model)
    }
    _ = try? readValue(region, type: .sequence(nil))
    return 0
}
