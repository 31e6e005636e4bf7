import Diagnostics
import ModelImport

/// The categories of each feature that trees use, in the order of their codes.
struct KnownCategories {
    /// Hashes by feature; a category's code is its place, and what is in no place has the code behind the last.
    private(set) var hashes: [Int: [CategoryHash]] = [:]
    private let texts: [CategoryHash: String]

    /// How many combinations of categories are tried.
    private static let trialLimit = 1 << 24

    /// Finds the categories that splits and statistics of a model know.
    ///
    /// *Throws*: `unsupported` when the text of one is not known, or there are too many combinations.
    init(_ model: Model, used: UsedFeatures) throws(ModelImportError) {
        var found: [Int: Set<CategoryHash>] = used.comparedCategories
        let statistics = Self.simpleStatistics(model, used: used)
        func isCounted(_ category: CategoryHash, _ statistic: Statistic) -> Bool {
            statistic.counts.values[statistic.projection.hash(categories: [category], answers: [])] != nil
        }
        let compared = Set(found.values.joined())
        texts =
            !model.categories.isEmpty
            ? model.categories
            : CategoryTexts.integers(
                count: compared.count + statistics.values.reduce(0) { $0 + $1.counts.values.count }
            ) { hash in
                (compared.contains(hash) ? 1 : 0) + statistics.values.count { isCounted(hash, $0) }
            }
        for (feature, statistic) in statistics {
            found[feature, default: []].formUnion(texts.keys.filter { isCounted($0, statistic) })
        }
        for index in used.statistics.sorted() {
            let statistic = model.statistics[index]
            let hits = try hits(of: statistic, among: found)
            for (feature, members) in hits { found[feature, default: []].formUnion(members) }
        }
        for feature in used.categoricalFeatures {
            let members = found[feature] ?? []
            guard members.allSatisfy({ texts[$0] != nil }) else { throw Self.textsAreMissing(model, feature) }
            hashes[feature] = members.sorted()
        }
    }

    /// For features that are used, a statistic that is of nothing else, so that it has counts for each of its categories.
    private static func simpleStatistics(_ model: Model, used: UsedFeatures) -> [Int: Statistic] {
        var statistics: [Int: Statistic] = [:]
        for statistic in model.statistics
        where statistic.projection.categoricalFeatures.count == 1 && statistic.projection.questions.isEmpty {
            let feature = statistic.projection.categoricalFeatures[0]
            if used.categoricalFeatures.contains(feature), statistics[feature] == nil {
                statistics[feature] = statistic
            }
        }
        return statistics
    }

    static func textsAreMissing(_ model: Model, _ feature: Int) -> ModelImportError {
        ModelImportError(
            .unsupported,
            "categorical feature \(feature) `\(model.categoricalFeatures[feature].name)` has categories of which "
                + "the file holds hashes and no texts",
            hint: "save with `model.save_model(\"model.json\", format=\"json\", pool=train_pool)`"
        )
    }

    /// The categories with which a statistic has counts, for those of its features that none are known of.
    private func hits(
        of statistic: Statistic,
        among found: [Int: Set<CategoryHash>]
    ) throws(ModelImportError) -> [Int: Set<CategoryHash>] {
        let features = statistic.projection.categoricalFeatures
        guard features.contains(where: { found[$0] == nil }) else { return [:] }
        var hits: [Int: Set<CategoryHash>] = [:]
        let lists = features.map { found[$0].map { $0.sorted() } ?? texts.keys.sorted() }
        try Combinations(
            radices: lists.map(\.count) + statistic.projection.questions.map { _ in 2 },
            limit: Self.trialLimit
        ).forEach { places in
            let categories = zip(lists, places).map { $0[$1] }
            let answers = places.dropFirst(lists.count).map { $0 == 1 }
            let hash = statistic.projection.hash(categories: categories, answers: Array(answers))
            guard statistic.counts.values[hash] != nil else { return }
            for (feature, category) in zip(features, categories) { hits[feature, default: []].insert(category) }
        }
        return hits
    }

    /// The texts of a feature's categories, in the order of their codes.
    func texts(of feature: Int) -> [String] { (hashes[feature] ?? []).map { texts[$0] ?? "" } }

    /// The same texts as whole numbers, when they all are the texts of such.
    func integers(of feature: Int) -> [Int64]? {
        let texts = texts(of: feature)
        let integers = texts.compactMap { text in Int64(text).flatMap { String($0) == text ? $0 : nil } }
        return integers.count == texts.count && !texts.isEmpty ? integers : nil
    }
}

/// Every choice of one place from each of several lists, the last one fastest.
struct Combinations {
    private let radices: [Int]
    let count: Int

    /// *Throws*: `unsupported` when there are more than `limit`.
    init(radices: [Int], limit: Int) throws(ModelImportError) {
        self.radices = radices
        var count = 1
        for radix in radices where count <= limit { count *= min(radix, limit + 1) }
        guard count <= limit else {
            throw ModelImportError(
                .unsupported,
                "so many combinations of categories are not supported, expected at most \(limit)"
            )
        }
        self.count = count
    }

    func forEach(_ body: ([Int]) -> Void) {
        var places = [Int](repeating: 0, count: radices.count)
        for _ in 0..<count {
            body(places)
            for axis in radices.indices.reversed() {
                places[axis] += 1
                guard places[axis] == radices[axis] else { break }
                places[axis] = 0
            }
        }
    }
}
