import Diagnostics
import ModelImport

extension Tree {
    /// Bits of `decision_type`.
    private enum Decision {
        static let isCategorical = 1
        static let missingGoesLeft = 2
        static let missingShift = 2
    }

    /// Reads the fields below a line `Tree=`.
    init(_ fields: TextFields, featureCount: Int) throws(ModelImportError) {
        let leafCount = try fields.int("num_leaves", in: 1...1 << 28)
        let splitCount = leafCount - 1
        let values = try fields.doubles("leaf_value", count: leafCount)
        var splits: [Split] = []
        if splitCount > 0 {
            let features = try fields.ints("split_feature", count: splitCount)
            let thresholds = try fields.doubles("threshold", count: splitCount)
            let decisions =
                fields.has("decision_type")
                ? try fields.ints("decision_type", count: splitCount) : [Int](repeating: 0, count: splitCount)
            let left = try fields.ints("left_child", count: splitCount)
            let right = try fields.ints("right_child", count: splitCount)
            let sets = try Self.categorySets(fields)
            splits.reserveCapacity(splitCount)
            for index in 0..<splitCount {
                let decision = decisions[index]
                guard (0..<16).contains(decision), let missing = Missing(rawValue: decision >> Decision.missingShift)
                else {
                    throw ModelImportError(.malformed, "`decision_type` holds \(decision), expected bits of 0 to 11")
                }
                splits.append(
                    Split(
                        feature: features[index],
                        condition: decision & Decision.isCategorical == 0
                            ? .atMost(thresholds[index]) : .oneOf(try Self.set(thresholds[index], of: sets)),
                        missing: missing,
                        missingGoesLeft: decision & Decision.missingGoesLeft != 0,
                        left: Child(left[index]),
                        right: Child(right[index])
                    )
                )
            }
        }
        let linear = try Self.linearFunctions(fields, leafCount: leafCount)
        let leaves = values.enumerated().map { Leaf(value: $0.element, linear: linear?[$0.offset]) }
        try self.init(splits: splits, leaves: leaves, featureCount: featureCount)
    }

    /// The sets of categories that thresholds of categorical splits number.
    private static func categorySets(_ fields: TextFields) throws(ModelImportError) -> [CategorySet] {
        let count = try fields.int("num_cat", fallback: 0, in: 0...1 << 28)
        guard count > 0 else { return [] }
        let boundaries = try fields.ints("cat_boundaries", count: count + 1)
        let words = try fields.ints("cat_threshold", count: max(0, boundaries[count]))
        var sets: [CategorySet] = []
        for index in 0..<count {
            let (start, end) = (boundaries[index], boundaries[index + 1])
            guard 0 <= start, start <= end, end <= words.count else {
                throw ModelImportError(
                    .malformed,
                    "`cat_boundaries` holds \(start) before \(end), expected rising numbers up to \(words.count)"
                )
            }
            let bits = words[start..<end].compactMap { UInt32(exactly: $0) }
            guard bits.count == end - start else {
                throw ModelImportError(.malformed, "`cat_threshold` holds a number that is not of 32 bits")
            }
            sets.append(CategorySet(words: bits))
        }
        return sets
    }

    private static func set(_ threshold: Double, of sets: [CategorySet]) throws(ModelImportError) -> CategorySet {
        guard let index = Int(exactly: threshold), sets.indices.contains(index) else {
            throw ModelImportError(.malformed, "`threshold` holds \(threshold), expected one of \(sets.count) sets")
        }
        return sets[index]
    }

    private static func linearFunctions(
        _ fields: TextFields,
        leafCount: Int
    ) throws(ModelImportError) -> [LinearFunction]? {
        guard try fields.int("is_linear", fallback: 0, in: 0...1) == 1 else { return nil }
        let constants = try fields.doubles("leaf_const", count: leafCount)
        let counts = try fields.ints("num_features", count: leafCount)
        var total = 0
        for count in counts {
            guard (0...1 << 24).contains(count) else {
                throw ModelImportError(.malformed, "`num_features` holds \(count), expected a number of features")
            }
            total += count
        }
        let features = total == 0 ? [] : try fields.ints("leaf_features", count: total)
        let coefficients = total == 0 ? [] : try fields.doubles("leaf_coeff", count: total)
        var functions: [LinearFunction] = []
        var start = 0
        for (constant, count) in zip(constants, counts) {
            functions.append(
                LinearFunction(
                    constant: constant,
                    features: Array(features[start..<start + count]),
                    coefficients: Array(coefficients[start..<start + count])
                )
            )
            start += count
        }
        return functions
    }
}
