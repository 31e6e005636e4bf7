/// A number that is computed of a sample's categories by what was counted for them in training: a "CTR".
///
/// *Source*: CatBoost 1.0 to 1.2, `TModelCtr` and `TStaticCtrProvider::CalcCtrs`.
struct Statistic {
    enum Kind: String {
        case borders = "Borders"
        case buckets = "Buckets"
        case mean = "BinarizedTargetMeanValue"
        case floatMean = "FloatTargetMeanValue"
        case counter = "Counter"
        case frequency = "FeatureFreq"

        /// Whether it counts by target, so that several targets have a table each.
        var dependsOnTarget: Bool { self != .counter && self != .frequency }
    }

    var projection: Projection
    var kind: Kind
    /// The border of the target that a class is compared with.
    var targetBorder: Int
    var priorNumerator: Float
    var priorDenominator: Float
    var shift: Float
    var scale: Float
    /// The borders that splits compare the number with, in the order of their binary features.
    var borders: [Float]
    var counts: Counts

    /// What was counted, by the hash of a projection.
    struct Counts: Equatable {
        var values: [UInt64: [Float]]
        /// The denominator of counters.
        var denominator: Float
    }

    /// The number for what has this hash; `nil` stands for what training did not see.
    func value(of hash: UInt64?) -> Float {
        let values = hash.flatMap { counts.values[$0] } ?? []
        let (count, total): (Float, Float) =
            switch kind {
            case .borders: (values.dropFirst(targetBorder + 1).reduce(0, +), values.reduce(0, +))
            case .buckets: (values.indices.contains(targetBorder) ? values[targetBorder] : 0, values.reduce(0, +))
            case .mean, .floatMean: (values.first ?? 0, values.count > 1 ? values[1] : 0)
            case .counter, .frequency: (values.first ?? 0, counts.denominator)
            }
        return ((count + priorNumerator) / (total + priorDenominator) + shift) * scale
    }
}

/// What of a sample decides a statistic: categories, and answers to questions, as one hash.
struct Projection: Hashable {
    var categoricalFeatures: [Int]
    /// Splits by float features, and behind them by categories, whose answers count as 0 and 1.
    var questions: [Model.Split]

    /// *Source*: `CalcHashes` and `CalcHash` in CatBoost's `ctr_provider` and `hash.h`.
    func hash(categories: [CategoryHash], answers: [Bool]) -> UInt64 {
        var hash: UInt64 = 0
        for category in categories {
            hash = Self.combined(hash, UInt64(bitPattern: Int64(Int32(bitPattern: category))))
        }
        for answer in answers { hash = Self.combined(hash, answer ? 1 : 0) }
        return hash
    }

    private static func combined(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let factor: UInt64 = 0x4906_BA49_4954_CB65
        return factor &* (first &+ factor &* second)
    }
}
