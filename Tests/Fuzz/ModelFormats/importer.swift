import Importers
import ModelFormats
import ModelImport
import OnnxBuilder

/// One input of libFuzzer: it may be refused, it may not crash.
///
/// What an importer recognises goes through it to a finished graph, for the default operator sets, and for those with
/// `TreeEnsemble`, with doubles where the framework takes them.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    var limits = ModelImportLimits.default
    limits.pickle = PickleLimits(byteCount: 1 << 24, nodeCount: 1 << 16, memoCount: 1 << 16)
    guard let file = try? ModelFile(bytes, path: "input", limits: limits),
        let importer = importers.first(where: { $0.recognises(file) })
    else { return 0 }
    var options = ImportOptions()
    _ = try? importer.importModel(file, options: options)
    options.opsets = OpsetChoice(onnx: 17, onnxML: 5) ?? .default
    options.usesDoublePrecision = importer.framework == "LightGBM"
    _ = try? importer.importModel(file, options: options)
    return 0
}

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int) -> Int

/// What a number in a text may become beside another number of it.
private let numbers = ["", "-1", "0", "1", "-2147483648", "4294967295", "9223372036854775807", "1e400", "-0.0", "nan"]

/// Changes an input: every other time one number of a text, as other changes mostly break its syntax.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard seed & 1 == 0, size > 0 else { return mutateBytes(data, size, limit) }
    var state = UInt64(seed)
    func random(_ count: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % max(count, 1)
    }
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    func number() -> Range<Int>? {
        guard let found = bytes[random(size)...].firstIndex(where: isDigit) else { return nil }
        let start = bytes[..<found].lastIndex { !isDigit($0) }.map { $0 + 1 } ?? 0
        return start..<(bytes[found...].firstIndex { !isDigit($0) } ?? size)
    }
    guard let old = number(), let other = number() else { return mutateBytes(data, size, limit) }
    let choice = random(2 * numbers.count)
    let new = choice < numbers.count ? Array(numbers[choice].utf8) : Array(bytes[other])
    let changed = bytes[..<old.lowerBound] + new + bytes[old.upperBound...]
    guard changed.count <= limit else { return mutateBytes(data, size, limit) }
    for (index, byte) in changed.enumerated() { data[index] = byte }
    return changed.count
}
