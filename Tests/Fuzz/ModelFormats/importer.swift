import Archives
import ModelFormats
import ModelImport

/// One input of libFuzzer: it may be refused, it may not crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var limits = ModelImportLimits.default
    limits.pickle = PickleLimits(byteCount: 1 << 24, nodeCount: 1 << 16, memoCount: 1 << 16)
    importEveryWay(Array(UnsafeBufferPointer(start: start, count: count)), path: "input", limits: limits)
    return 0
}

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int) -> Int

/// What a number in a text may become beside another number of it.
private let numbers = ["", "-1", "0", "1", "-2147483648", "4294967295", "9223372036854775807", "1e400", "-0.0", "nan"]

/// Changes an input; of an archive, one member, as its checksum would keep other changes away from the importer.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard bytes.starts(with: [0x50, 0x4B]), var members = try? readZip(bytes, limit: 1 << 24), !members.isEmpty else {
        return mutateText(data, size, limit, seed)
    }
    // Every other change is one of the schema, that is one member of many.
    let schema = members.firstIndex { $0.name == "schema.json" }
    let place = seed & 2 == 0 ? schema ?? 0 : Int(seed >> 2) % members.count
    var buffer = members[place].bytes + [UInt8](repeating: 0, count: 256)
    let (capacity, old) = (buffer.count, members[place].bytes.count)
    let count = buffer.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.map { mutateText($0, old, capacity, seed) } ?? 0
    }
    members[place].bytes = Array(buffer.prefix(count))
    guard let changed = try? writeZip(members), changed.count <= limit else {
        return mutateText(data, size, limit, seed)
    }
    for (index, byte) in changed.enumerated() { data[index] = byte }
    return changed.count
}

/// Changes a text: every other time one number of it, as other changes mostly break its syntax.
private func mutateText(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int {
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
