/// What of a model its trees use.
struct UsedFeatures {
    private(set) var floatFeatures: Set<Int> = []
    private(set) var categoricalFeatures: Set<Int> = []
    private(set) var statistics: Set<Int> = []
    /// The categories that splits and questions compare with, by feature.
    private(set) var comparedCategories: [Int: Set<CategoryHash>] = [:]

    init(_ model: Model) {
        for split in Set(model.trees.flatMap(\.splits)) { insert(split, of: model) }
    }

    private mutating func insert(_ split: Model.Split, of model: Model) {
        switch split {
        case .isAbove(let feature, _): floatFeatures.insert(feature)
        case .isCategory(let feature, let category):
            categoricalFeatures.insert(feature)
            comparedCategories[feature, default: []].insert(category)
        case .statisticIsAbove(let statistic, _):
            guard statistics.insert(statistic).inserted else { return }
            let projection = model.statistics[statistic].projection
            categoricalFeatures.formUnion(projection.categoricalFeatures)
            for question in projection.questions { insert(question, of: model) }
        }
    }
}
