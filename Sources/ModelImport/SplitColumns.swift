import Diagnostics
package import OnnxBuilder
import OnnxIR
package import Tensors

/// The columns that trees split: the features, and behind them columns that are each made of one feature, for splits
/// that the operators of ai.onnx.ml 3 do not have.
package struct SplitColumns {
    /// What a column is made of.
    package enum Source: Hashable, Sendable {
        /// A feature in which zero counts as missing.
        case zerosAsMissing(feature: Int)
        /// 0 where a feature's category is in a set, and 1 where it is not.
        case membership(feature: Int, CategorySet)
    }

    private let featureCount: Int
    private let roundsDown: Bool
    private var indices: [Source: Int] = [:]
    private var zeroFeatures: [Int] = []
    private var tables: [Table] = []

    /// The sets of one feature, each a column.
    private struct Table {
        var feature: Int
        var sets: [CategorySet]

        var categoryCount: Int { sets.reduce(0) { max($0, $1.upperBound) } }
        /// A missing value, a negative one, the categories, and what is beyond.
        var rowCount: Int { categoryCount + 3 }

        /// 0 for a member and 1 for what is none, of shape `[rows, sets]`.
        func elements() -> [UInt8] {
            var elements = [UInt8](repeating: 1, count: rowCount * sets.count)
            for (column, set) in sets.enumerated() {
                if set.containsMissing { elements[column] = 0 }
                for category in set.categories { elements[(category + 2) * sets.count + column] = 0 }
            }
            return elements
        }
    }

    /// How many entries the tables of categories may have.
    package static let tableLimit = 1 << 26

    /// Columns for all of these sources, of which the same ones share a column.
    ///
    /// *Parameter*: `roundsDown` makes -0.5 no category, as -1 is none; otherwise it is category 0.
    /// *Throws*: `unsupported` when tables of sets and categories would grow too large.
    package init(featureCount: Int, sources: [Source], roundsDown: Bool = false) throws(ModelImportError) {
        self.featureCount = featureCount
        self.roundsDown = roundsDown
        var sets: [Int: [CategorySet]] = [:]
        for source in Set(sources) {
            if case .zerosAsMissing(let feature) = source { zeroFeatures.append(feature) }
        }
        zeroFeatures.sort()
        for (place, feature) in zeroFeatures.enumerated() {
            indices[.zerosAsMissing(feature: feature)] = featureCount + place
        }
        for case .membership(let feature, let set) in sources
        where indices.updateValue(0, forKey: .membership(feature: feature, set)) == nil {
            sets[feature, default: []].append(set)
        }
        var next = featureCount + zeroFeatures.count
        var entryCount = 0
        for (feature, sets) in sets.sorted(by: { $0.key < $1.key }) {
            let table = Table(feature: feature, sets: sets)
            let (count, overflow) = table.rowCount.multipliedReportingOverflow(by: sets.count)
            entryCount = overflow ? Int.max : entryCount + min(count, Self.tableLimit + 1)
            guard entryCount <= Self.tableLimit else {
                throw ModelImportError(
                    .unsupported,
                    "tables of categorical splits that grow so large are not supported, expected at most \(Self.tableLimit) entries"
                )
            }
            tables.append(table)
            for set in sets {
                indices[.membership(feature: feature, set)] = next
                next += 1
            }
        }
    }

    /// The index of a source's column, which is one of those that `init` got.
    package func index(of source: Source) -> Int { indices[source] ?? 0 }

    /// Adds the nodes that make the columns.
    ///
    /// *Shapes*: `[batch, features]` to `[batch, columns]`.
    /// *Types*: float or double, as `type` says, for both.
    package func matrix(
        of features: String,
        type: ElementType,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        guard !indices.isEmpty else { return features }
        var parts = [features]
        if !zeroFeatures.isEmpty { parts.append(try zerosAsMissing(features, type, &builder)) }
        for table in tables { parts.append(try membership(table, features, type, &builder)) }
        return builder.node("Concat", parts, [Attribute("axis", .int(1))])
    }

    /// The features in which zero counts as missing, with NaN where they are zero.
    private func zerosAsMissing(
        _ features: String,
        _ type: ElementType,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        let places = try builder.constant(zeroFeatures.map { Int64($0) }, name: "features")
        let columns = builder.node("Gather", [features, places], [Attribute("axis", .int(1))])
        let limit = try builder.scalar(Double(Self.zeroLimit), of: type, name: "zero_limit")
        let nan = try builder.scalar(.nan, of: type, name: "missing")
        let isLarger = builder.node("Greater", [builder.node("Abs", [columns]), limit])
        return builder.node("Where", [isLarger, columns, nan])
    }

    /// What LightGBM takes for zero: `kZeroThreshold`, up to which magnitudes are.
    package static let zeroLimit: Float = 1e-35

    private func membership(
        _ table: Table,
        _ features: String,
        _ type: ElementType,
        _ builder: inout GraphBuilder
    ) throws(ModelImportError) -> String {
        let place = try builder.constant([Int64(table.feature)], shape: [], name: "feature")
        let column = builder.node("Gather", [features, place], [Attribute("axis", .int(1))])
        let least = try builder.scalar(-1, of: type, name: "negative")
        let greatest = try builder.scalar(Double(table.categoryCount), of: type, name: "beyond")
        var clipped = builder.node("Clip", [column, least, greatest])
        if roundsDown { clipped = builder.node("Floor", [clipped]) }
        let missing = try builder.scalar(-2, of: type, name: "missing")
        let codes = builder.node("Where", [builder.node("IsNaN", [column]), missing, clipped])
        let rows = builder.node(
            "Add",
            [builder.cast(codes, to: .int64), try builder.constant([2 as Int64], shape: [], name: "offset")]
        )
        let members = try builder.constant(
            table.elements(),
            shape: [table.rowCount, table.sets.count],
            name: "categories"
        )
        return builder.cast(builder.node("Gather", [members, rows]), to: type)
    }
}
