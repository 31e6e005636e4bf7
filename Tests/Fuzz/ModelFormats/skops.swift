import Archives
import ModelFormats

/// One input of libFuzzer: it may be refused, it may not crash.
///
/// A zero parts the schema from the one array that it may refer to: the checksums of an archive would keep most changes
/// away from the reader.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let end = bytes.firstIndex(of: 0) ?? bytes.count
    let members = [
        ZipMember(name: "0.npy", bytes: Array(bytes[min(end + 1, bytes.count)...])),
        ZipMember(name: "schema.json", bytes: Array(bytes[..<end])),
    ]
    let limits = PickleLimits(byteCount: 1 << 24, nodeCount: 1 << 16, memoCount: 1 << 16)
    _ = try? readSkops(bytes, limits: limits)
    guard let archive = try? writeZip(members), let tree = try? readSkops(archive, limits: limits) else { return 0 }
    for index in tree.nodes.indices.prefix(256) { visit(PickleValue(tree: tree, index: index)) }
    return 0
}

/// Asks for each meaning that a value may have.
private func visit(_ value: PickleValue) {
    if let array = try? value.numPyArray() {
        _ = try? array.tensor()
        _ = try? array.doubles()
    }
    _ = (value.bool, value.int, value.double, value.string, value.bytes, value.className, value.attributes.count)
    _ = (try? value.objects(), try? value.texts(), try? value.numPyType())
}
