import Glibc

/// The bytes of an input of libFuzzer.
func inputBytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: start, count: count))
}

/// The lines of an input as texts, the first few.
func lines(_ bytes: [UInt8], limit: Int = 24) -> [String] {
    bytes.split(separator: 0x0A).prefix(limit).map { String(decoding: $0, as: UTF8.self) }
}

/// Ends the run when something does not hold that has to, whatever the input.
func hold(_ condition: Bool, _ words: @autoclosure () -> String) {
    if !condition { fatalError(words()) }
}

/// Holds an order against what makes it one: of two, one way or the other; of three, transitive.
func holdOrder<Element>(_ elements: [Element], _ compare: (Element, Element) -> Int) {
    func sign(_ left: Element, _ right: Element) -> Int { compare(left, right).signum() }
    for left in elements {
        hold(sign(left, left) == 0, "\(left) is not itself")
        for middle in elements {
            hold(sign(left, middle) == -sign(middle, left), "\(left) and \(middle) have no order")
            for right in elements where sign(left, middle) <= 0 && sign(middle, right) <= 0 {
                let expected = min(sign(left, middle), sign(middle, right))
                hold(sign(left, right) == expected, "\(left), \(middle) and \(right) have no order")
            }
        }
    }
}

/// A file in memory, for readers that take a path; each input takes the place of the one before it.
enum InputFile {
    private static let descriptor: CInt = {
        var template = Array("/dev/shm/mlpack-fuzz.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        hold(descriptor >= 0 && unlink(template) == 0, "there is no file in memory")
        return descriptor
    }()

    static func path(_ bytes: [UInt8]) -> String {
        ftruncate(descriptor, 0)
        _ = bytes.span.bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        return "/proc/self/fd/\(descriptor)"
    }
}

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int) -> Int

/// Bytes as libFuzzer changes them.
func mutated(_ bytes: [UInt8], limit: Int) -> [UInt8] {
    var buffer = Array(bytes.prefix(limit)) + [UInt8](repeating: 0, count: max(0, limit - bytes.count))
    let count = buffer.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.map { mutateBytes($0, min(bytes.count, limit), limit) } ?? 0
    }
    return Array(buffer.prefix(count))
}

/// A tar that libFuzzer changed in one of its blocks or anywhere, with its sums made right.
func mutatedTar(_ bytes: [UInt8], _ limit: Int, _ seed: UInt32) -> [UInt8] {
    let count = bytes.count / 512
    guard seed & 16 != 0, count > 0 else { return withTarSums(mutated(bytes, limit: limit)) }
    var bytes = bytes
    let start = Int(seed >> 16) % count * 512
    // A header's fields stand at the same places, whatever is changed in them.
    let block = mutated(Array(bytes[start..<start + 512]), limit: 512)
    bytes.replaceSubrange(start..<start + block.count, with: block)
    return withTarSums(bytes)
}

/// Makes an input of what a mutator of this folder gives; one that grew too large becomes libFuzzer's own.
func replace(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ change: ([UInt8]) -> [UInt8]?) -> Int {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let changed = change(bytes), changed.count <= limit else { return mutateBytes(data, size, limit) }
    for (index, byte) in changed.enumerated() { data[index] = byte }
    return changed.count
}

/// The bytes with the checksums of the headers of tar in them made right, as no change gets past a wrong one.
func withTarSums(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let magic = Array("ustar".utf8)
    var start = 0
    while start + 512 <= bytes.count {
        guard bytes[(start + 257)...].starts(with: magic) else {
            start += 512
            continue
        }
        for index in 148..<156 { bytes[start + index] = 0x20 }
        let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
        let digits = Array(String(sum, radix: 8).utf8)
        let field = [UInt8](repeating: 0x30, count: 6 - digits.count) + digits + [0]
        bytes.replaceSubrange((start + 148)..<(start + 155), with: field)
        start += 512
    }
    return bytes
}
