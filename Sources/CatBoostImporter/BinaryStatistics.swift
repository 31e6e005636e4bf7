import Diagnostics
import ModelFormats

/// What was counted for statistics, behind the tables of the binary form.
///
/// *Source*: CatBoost 1.0 to 1.2, `TStaticCtrProvider::Save` and `ctr_data.fbs`: how many there are, and for each its size
/// and a FlatBuffer `TCtrValueTable`.
struct BinaryStatistics {
    /// What was counted, by what and how.
    private var counts: [Key: Statistic.Counts] = [:]

    private struct Key: Hashable {
        var projection: Projection
        var kind: Statistic.Kind
        /// Which of several targets was counted.
        var target: Int

        /// Reads a table `TModelCtrBase`.
        init(_ base: FlatBufferTable?) throws(ModelFormatError) {
            guard let base, let combination = try base.table(0) else {
                throw ModelFormatError(.malformed, "a statistic does not say what it is of")
            }
            let kinds: [Statistic.Kind] = [.borders, .buckets, .mean, .floatMean, .counter, .frequency]
            let kind = Int(try base.integer(1, fallback: Int8(0)))
            guard kinds.indices.contains(kind) else {
                throw ModelFormatError(.malformed, "a statistic is of kind \(kind), expected one of 0..<\(kinds.count)")
            }
            self.kind = kinds[kind]
            target = Int(try base.integer(2, fallback: Int32(0)))
            let categories = try combination.integers(0, of: Int32.self).map { Int($0) }
            // A struct is an index of 32 bits, with a border or a category of as many behind it.
            let borders = try combination.integers(1, of: UInt64.self).map { split in
                Model.Split.isAbove(
                    feature: Int(Int32(truncatingIfNeeded: split)),
                    border: Float(bitPattern: UInt32(truncatingIfNeeded: split >> 32))
                )
            }
            let comparisons = try combination.integers(2, of: UInt64.self).map { split in
                Model.Split.isCategory(
                    feature: Int(Int32(truncatingIfNeeded: split)),
                    CategoryHash(truncatingIfNeeded: split >> 32)
                )
            }
            projection = Projection(categoricalFeatures: categories, questions: borders + comparisons)
        }
    }

    init(parts: [String], bytes: ArraySlice<UInt8>) throws(ModelFormatError) {
        guard !parts.isEmpty else { return }
        guard parts == ["static_provider_v1"] else {
            throw ModelFormatError(.unsupported, "parts `\(parts[0].prefix(40))` of a model are not supported")
        }
        var rest = bytes
        func number() throws(ModelFormatError) -> Int {
            guard rest.count >= 4 else {
                throw ModelFormatError(.truncated, "the data ends too soon, expected 4 bytes, got \(rest.count)")
            }
            defer { rest = rest.dropFirst(4) }
            return rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        for _ in 0..<(try number()) {
            let size = try number()
            guard size <= rest.count else {
                throw ModelFormatError(.truncated, "the data ends too soon, expected \(size) bytes, got \(rest.count)")
            }
            let table = try FlatBuffer(Array(rest.prefix(size))).root()
            rest = rest.dropFirst(size)
            let key = try Key(try table.table(0))
            counts[key] = try Self.counts(table, kind: key.kind)
        }
    }

    private static func counts(
        _ table: FlatBufferTable,
        kind: Statistic.Kind
    ) throws(ModelFormatError) -> Statistic.Counts {
        let places = Array(try table.bytes(1))
        let words = Self.words(try table.bytes(2))
        let denominator = Float(try table.integer(3, fallback: Int32(0)))
        let classCount = Int(try table.integer(4, fallback: Int32(0)))
        let width =
            switch kind {
            case .borders, .buckets: classCount
            case .mean, .floatMean: 2
            case .counter, .frequency: 1
            }
        guard width > 0, words.count.isMultiple(of: width), places.count.isMultiple(of: 12) else {
            throw ModelFormatError(.malformed, "counts have \(words.count) numbers, expected a multiple of \(width)")
        }
        var values: [UInt64: [Float]] = [:]
        for start in stride(from: 0, to: places.count, by: 12) {
            let hash = places[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            // SPEC: TDenseIndexHashView: places that nothing is in have the hash of all bits.
            guard hash != .max else { continue }
            let row = places[start + 8..<start + 12].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard row < words.count / width else {
                throw ModelFormatError(
                    .malformed,
                    "a category has counts \(row), expected one of \(words.count / width)"
                )
            }
            let numbers = words[row * width..<(row + 1) * width]
            values[hash] = numbers.enumerated().map { place, word in
                let isSum = place == 0 && (kind == .mean || kind == .floatMean)
                return isSum ? Float(bitPattern: word) : Float(Int32(bitPattern: word))
            }
        }
        return Statistic.Counts(values: values, denominator: denominator)
    }

    private static func words(_ bytes: ArraySlice<UInt8>) -> [UInt32] {
        stride(from: bytes.startIndex, to: bytes.endIndex - 3, by: 4).map { start in
            bytes[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
    }

    /// Reads the tables `TCtrFeature`.
    func statistics(_ tables: [FlatBufferTable]) throws(ModelFormatError) -> [Statistic] {
        var statistics: [Statistic] = []
        for table in tables {
            guard let ctr = try table.table(0) else {
                throw ModelFormatError(.malformed, "a statistic does not say how it is computed")
            }
            let key = try Key(try ctr.table(0))
            guard let counts = counts[key] else {
                throw ModelFormatError(.malformed, "a statistic has no counts")
            }
            statistics.append(
                Statistic(
                    projection: key.projection,
                    kind: key.kind,
                    targetBorder: max(0, Int(try ctr.integer(1, fallback: Int32(0)))),
                    priorNumerator: try ctr.float(2, fallback: 0),
                    priorDenominator: try ctr.float(3, fallback: 1),
                    shift: try ctr.float(4, fallback: 0),
                    scale: try ctr.float(5, fallback: 1),
                    borders: try table.floats(1),
                    counts: counts
                )
            )
        }
        return statistics
    }
}
