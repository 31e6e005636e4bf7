import ModelFormats

/// One input of libFuzzer: it may be refused, it may not crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    _ = looksLikePickle(bytes)
    let limits = PickleLimits(byteCount: 1 << 24, nodeCount: 1 << 16, memoCount: 1 << 16)
    guard let tree = try? readPickle(bytes, limits: limits) else { return 0 }
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
