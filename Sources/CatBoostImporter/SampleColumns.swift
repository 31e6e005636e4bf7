import Diagnostics
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// The matrix that trees split when a model has categories: the float features that they use, then a column for each
/// category that splits compare with, then one for each statistic.
struct SampleColumns {
    private let model: Model
    private let known: KnownCategories
    private let floatFeatures: [Int]
    /// Categorical features with the categories that splits compare them with.
    private let comparisons: [(feature: Int, categories: [CategoryHash])]
    /// Statistics by what decides them.
    private let groups: [(projection: Projection, statistics: [Int])]
    private var columns: [Model.Split: Int] = [:]

    /// How many entries the table of a projection may have.
    private static let tableLimit = 1 << 24
    /// How many entries all tables may have.
    private static let entryLimit = 1 << 26

    init(_ model: Model) throws(ModelImportError) {
        self.model = model
        let used = UsedFeatures(model)
        known = try KnownCategories(model, used: used)
        let splits = Set(model.trees.flatMap(\.splits))
        var compared: [Int: Set<CategoryHash>] = [:]
        var statistics: Set<Int> = []
        for split in splits {
            if case .isCategory(let feature, let category) = split { compared[feature, default: []].insert(category) }
            if case .statisticIsAbove(let statistic, _) = split { statistics.insert(statistic) }
        }
        // Without an input, the graph would not know how many samples there are.
        let needsInput = used.floatFeatures.isEmpty && used.categoricalFeatures.isEmpty
        floatFeatures = needsInput ? model.floatFeatures.isEmpty ? [] : [0] : used.floatFeatures.sorted()
        comparisons = compared.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
        var groups: [(projection: Projection, statistics: [Int])] = []
        for statistic in statistics.sorted() {
            let projection = model.statistics[statistic].projection
            if let place = groups.firstIndex(where: { $0.projection == projection }) {
                groups[place].statistics.append(statistic)
            } else {
                groups.append((projection, [statistic]))
            }
        }
        self.groups = groups
        let comparedCount = comparisons.reduce(0) { $0 + $1.categories.count }
        let categories = comparisons.flatMap { feature, categories in categories.map { (feature, $0) } }
        for (place, (feature, category)) in categories.enumerated() {
            columns[.isCategory(feature: feature, category)] = floatFeatures.count + place
        }
        for (place, statistic) in groups.flatMap(\.statistics).enumerated() {
            let column = floatFeatures.count + comparedCount + place
            columns[.statisticIsAbove(statistic: statistic, border: 0)] = column
        }
    }

    /// The test of the matrix that a split is.
    func test(_ split: Model.Split) -> Tree.Test {
        switch split {
        case .isAbove(let feature, let border):
            let column = floatFeatures.firstIndex(of: feature) ?? 0
            return Tree.Test(
                column: column,
                threshold: Double(border),
                missingGoesLeft: !model.floatFeatures[feature].missingIsGreatest
            )
        case .isCategory: return Tree.Test(column: columns[split] ?? 0, threshold: 0.5, missingGoesLeft: true)
        case .statisticIsAbove(let statistic, let border):
            let column = columns[.statisticIsAbove(statistic: statistic, border: 0)] ?? 0
            return Tree.Test(column: column, threshold: Double(border), missingGoesLeft: true)
        }
    }

    /// Adds an input for each column that is used, and the nodes that make the matrix.
    ///
    /// *Shapes*: inputs are `[batch, 1]`, the matrix is `[batch, columns]`.
    /// *Types*: inputs are float for numbers, int64 for categories that all are whole numbers, string for others.
    func matrix(_ builder: inout GraphBuilder) throws(ModelImportError) -> String {
        let values = try inputs(&builder)
        var parts = floatFeatures.compactMap { values.numbers[$0] }
        for (feature, categories) in comparisons {
            parts.append(try comparison(feature, categories, values, &builder))
        }
        var entryCount = 0
        for (projection, statistics) in groups {
            parts.append(try table(projection, statistics, values, &entryCount, &builder))
        }
        guard !parts.isEmpty else {
            throw ModelImportError(.unsupported, "trees that use no feature are not supported where none is a number")
        }
        guard parts.count > 1 else { return parts[0] }
        return builder.node("Concat", parts, [Attribute("axis", .int(1))])
    }

    /// Values of the graph by feature: numbers as columns, codes of categories as vectors.
    private struct Values {
        var numbers: [Int: String] = [:]
        var codes: [Int: String] = [:]
    }

    private func inputs(_ builder: inout GraphBuilder) throws(ModelImportError) -> Values {
        var values = Values()
        var names: Set<String> = []
        let numbers = floatFeatures.map { (column: model.floatFeatures[$0].column, feature: $0, isNumber: true) }
        let categories = known.hashes.keys.map {
            (column: model.categoricalFeatures[$0].column, feature: $0, isNumber: false)
        }
        for (column, feature, isNumber) in (numbers + categories).sorted(by: { $0.column < $1.column }) {
            var name = isNumber ? model.floatFeatures[feature].name : model.categoricalFeatures[feature].name
            if name.isEmpty || !names.insert(name).inserted { name = "f\(column)" }
            if isNumber {
                values.numbers[feature] = builder.input(name, .tensor(.float, ["batch", 1]))
            } else {
                values.codes[feature] = try codes(of: feature, name: name, &builder)
            }
        }
        return values
    }

    private func codes(
        of feature: Int,
        name: String,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        let integers = known.integers(of: feature)
        let input = builder.input(name, .tensor(integers == nil ? .string : .int64, ["batch", 1]))
        let texts = known.texts(of: feature)
        let vector = builder.node("Reshape", [input, try builder.constant([-1 as Int64], name: "shape")])
        let keys = integers.map { Attribute("keys_int64s", .ints($0)) } ?? Attribute("keys_strings", .strings(texts))
        return builder.node(
            "LabelEncoder",
            domain: .onnxML,
            [vector],
            [
                keys, Attribute("values_int64s", .ints(texts.indices.map { Int64($0) })),
                Attribute("default_int64", .int(Int64(texts.count))),
            ]
        )
    }

    /// Columns that are 1 where a feature has a category, and 0 elsewhere.
    private func comparison(
        _ feature: Int,
        _ categories: [CategoryHash],
        _ values: Values,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        let rows = known.hashes[feature] ?? []
        var elements: [Float] = []
        for row in rows { elements += categories.map { $0 == row ? 1 : 0 } }
        elements += [Float](repeating: 0, count: categories.count)
        let table = try builder.constant(
            elements,
            shape: [rows.count + 1, categories.count],
            name: "categories"
        )
        return builder.node("Gather", [table, values.codes[feature] ?? ""])
    }

    /// Columns of statistics that the same categories and answers decide.
    private func table(
        _ projection: Projection,
        _ statistics: [Int],
        _ values: Values,
        _ entryCount: inout Int,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        let lists = projection.categoricalFeatures.map { known.hashes[$0] ?? [] }
        let radices = lists.map { $0.count + 1 } + projection.questions.map { _ in 2 }
        let limit = min(Self.tableLimit, Self.entryLimit - entryCount)
        let combinations = try Combinations(radices: radices, limit: limit / statistics.count)
        entryCount += combinations.count * statistics.count
        var elements: [Float] = []
        elements.reserveCapacity(combinations.count * statistics.count)
        var seen: Set<UInt64> = []
        combinations.forEach { places in
            let categories = zip(lists, places).compactMap { $1 < $0.count ? $0[$1] : nil }
            let answers = places.dropFirst(lists.count).map { $0 == 1 }
            let isKnown = categories.count == lists.count
            let hash = isKnown ? projection.hash(categories: categories, answers: Array(answers)) : nil
            if let hash { seen.insert(hash) }
            elements += statistics.map { model.statistics[$0].value(of: hash) }
        }
        for statistic in statistics where !seen.isSuperset(of: model.statistics[statistic].counts.values.keys) {
            throw KnownCategories.textsAreMissing(model, projection.categoricalFeatures.first ?? 0)
        }
        let table = try builder.constant(elements, shape: [combinations.count, statistics.count], name: "statistics")
        return builder.node("Gather", [table, try row(projection, radices, values, &builder)])
    }

    /// The row of a projection's table, int64, `[batch]`.
    private func row(
        _ projection: Projection,
        _ radices: [Int],
        _ values: Values,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        var digits = projection.categoricalFeatures.map { values.codes[$0] ?? "" }
        for question in projection.questions { digits.append(try answer(question, values, &builder)) }
        var row = digits.first ?? ""
        for (digit, radix) in zip(digits, radices).dropFirst() {
            let factor = try builder.constant([Int64(radix)], shape: [], name: "radix")
            row = builder.node("Add", [builder.node("Mul", [row, factor]), digit])
        }
        return row
    }

    /// The answer to a question as 0 or 1, int64, `[batch]`.
    private func answer(
        _ question: Model.Split,
        _ values: Values,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        let answer: String
        switch question {
        case .isAbove(let feature, let border):
            let limit = try builder.scalar(Double(border), of: .float, name: "border")
            let shape = try builder.constant([-1 as Int64], name: "shape")
            let number = builder.node("Reshape", [values.numbers[feature] ?? "", shape])
            if model.floatFeatures[feature].missingIsGreatest {
                answer = builder.node("Not", [builder.node("LessOrEqual", [number, limit])])
            } else {
                answer = builder.node("Greater", [number, limit])
            }
        case .isCategory(let feature, let category):
            let code = known.hashes[feature]?.firstIndex(of: category) ?? -1
            let constant = try builder.constant([Int64(code)], shape: [], name: "code")
            answer = builder.node("Equal", [values.codes[feature] ?? "", constant])
        case .statisticIsAbove:
            throw ModelImportError(.malformed, "a statistic depends on another, expected features only")
        }
        return builder.cast(answer, to: .int64)
    }
}
