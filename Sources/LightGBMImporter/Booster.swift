import Diagnostics
import ModelFormats
import ModelImport

/// The trees of a saved booster, and what it says of itself.
///
/// *Source*: LightGBM 2.1 to 4.7, `src/boosting/gbdt_model_text.cpp`.
struct Booster {
    let objective: Objective
    let featureCount: Int
    /// The names of the features; `nil` where they are LightGBM's own.
    let featureNames: [String]?
    /// Scores: the classes of a multi-class objective, otherwise 1.
    let groupCount: Int
    /// Whether scores are the mean of the iterations, and not their sum.
    let isAverage: Bool
    /// Tree `i` adds to score `i % groupCount`.
    let trees: [Tree]
    /// Whether the columns of categories had other values than their codes.
    let hasPandasCategories: Bool

    /// Reads the text form; `nil` iterations are all of them.
    init(text bytes: [UInt8], iterationCount: Int? = nil) throws(ModelImportError) {
        let text = try ModelText(bytes)
        let header = text.header
        featureCount = try header.int("max_feature_idx", in: 0...(1 << 24) - 1) + 1
        groupCount = try header.int("num_tree_per_iteration", in: 1...1 << 20)
        objective = try Objective(header.text("objective"))
        isAverage = header.has("average_output")
        featureNames = Self.given(header.text("feature_names")?.split(separator: " ").map { String($0) })
        hasPandasCategories = text.pandasCategories.map { $0.contains { !" []null".contains($0) } } ?? false
        let used = try Self.used(text.trees, iterationCount, groupCount: groupCount)
        trees = try Self.trees(used, featureCount: featureCount) { fields, count throws(ModelImportError) in
            try Tree(fields, featureCount: count)
        }
    }

    /// Reads what `dump_model` gives.
    init(document: DocumentValue) throws(ModelImportError) {
        featureCount = try Self.int(document, "max_feature_idx", in: 0...(1 << 24) - 1) + 1
        groupCount = try Self.int(document, "num_tree_per_iteration", in: 1...1 << 20)
        objective = try Objective(document["objective"]?.string)
        if case .bool(true)? = document["average_output"] { isAverage = true } else { isAverage = false }
        featureNames = Self.given(document["feature_names"]?.elements?.compactMap(\.string))
        hasPandasCategories = document["pandas_categorical"]?.elements.map { !$0.isEmpty } ?? false
        guard let infos = document["tree_info"]?.elements else {
            throw ModelImportError(.malformed, "`tree_info` is missing, expected an array")
        }
        let used = try Self.used(infos, nil, groupCount: groupCount)
        trees = try Self.trees(used, featureCount: featureCount) { info, count throws(ModelImportError) in
            try Tree(info, featureCount: count)
        }
    }

    private static func trees<Source>(
        _ sources: some Collection<Source>,
        featureCount: Int,
        _ read: (Source, Int) throws(ModelImportError) -> Tree
    ) throws(ModelImportError) -> [Tree] {
        var trees: [Tree] = []
        for (index, source) in sources.enumerated() {
            trees.append(
                try locating(.item("tree", "\(index)")) { () throws(ModelImportError) in
                    try read(source, featureCount)
                }
            )
        }
        return trees
    }

    /// The trees of the iterations that predictions use.
    private static func used<Source>(
        _ sources: [Source],
        _ iterationCount: Int?,
        groupCount: Int
    ) throws(ModelImportError) -> ArraySlice<Source> {
        let (iterations, rest) = sources.count.quotientAndRemainder(dividingBy: groupCount)
        guard rest == 0 else {
            throw ModelImportError(
                .malformed,
                "there are \(sources.count) trees, expected a multiple of \(groupCount) from `num_tree_per_iteration`"
            )
        }
        return sources.prefix(min(iterationCount ?? iterations, iterations) * groupCount)
    }

    private static func given(_ names: [String]?) -> [String]? {
        guard let names, !names.enumerated().allSatisfy({ $0.element == "Column_\($0.offset)" }) else { return nil }
        return names
    }

    private static func int(
        _ document: DocumentValue,
        _ key: String,
        in range: ClosedRange<Int>
    ) throws(ModelImportError) -> Int {
        guard case .number(let number)? = document[key], let int = Int(exactly: number), range.contains(int) else {
            throw ModelImportError(
                .malformed,
                "`\(key)` is no number in \(range.lowerBound)...\(range.upperBound)"
            )
        }
        return int
    }
}
