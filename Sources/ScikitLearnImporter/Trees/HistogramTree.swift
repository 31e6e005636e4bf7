import Diagnostics
import ModelFormats
import ModelImport

/// The nodes of one tree of histogram gradient boosting.
///
/// *Source*: scikit-learn 0.24 to 1.9, `TreePredictor`: `nodes`, an array of records with `num_threshold` (`threshold`
/// before 1.0), and `raw_left_cat_bitsets` (1.0), eight words of 32 bits for each categorical split.
struct HistogramTree {
    /// How a node divides samples.
    enum Split {
        case leaf(Double)
        case threshold(feature: Int, Double, missingGoesLeft: Bool)
        case categories(feature: Int, left: Set<Int>, missingGoesLeft: Bool)
    }

    let splits: [Split]
    let children: [(left: Int, right: Int)]

    init(_ object: EstimatorObject, featureCount: Int) throws(ModelImportError) {
        guard let nodes = try object.array("nodes") else {
            throw ModelImportError(.malformed, "`nodes` is missing, expected an array of records")
        }
        func integers(_ name: String) throws(ModelImportError) -> [Int]? {
            try importing { () throws(ModelFormatError) in try nodes.column(name)?.integers() }
        }
        func doubles(_ name: String) throws(ModelImportError) -> [Double]? {
            try importing { () throws(ModelFormatError) in try nodes.column(name)?.doubles() }
        }
        let current = try doubles("num_threshold")
        let thresholds = try current == nil ? doubles("threshold") : current
        guard let thresholds, let values = try doubles("value"), let features = try integers("feature_idx"),
            let left = try integers("left"), let right = try integers("right"), let isLeaf = try integers("is_leaf"),
            !values.isEmpty
        else { throw ModelImportError(.malformed, "`nodes` lacks a value, threshold, feature or child") }
        let missing = try integers("missing_go_to_left")
        let isCategorical = try integers("is_categorical")
        let sets = try integers("bitset_idx")
        let words = try object.array("raw_left_cat_bitsets") == nil ? [] : object.integers("raw_left_cat_bitsets")
        var splits: [Split] = []
        var children: [(left: Int, right: Int)] = []
        var parents = TreeParents(nodeCount: values.count)
        for node in values.indices {
            children.append((left[node], right[node]))
            if isLeaf[node] != 0 {
                splits.append(.leaf(values[node]))
                continue
            }
            for child in [left[node], right[node]] { try parents.add(node, of: child) }
            guard (0..<featureCount).contains(features[node]), !thresholds[node].isNaN else {
                throw ModelImportError(
                    .malformed,
                    "node \(node) of the tree has a feature outside of it, or no threshold"
                )
            }
            let goesLeft = missing.map { $0[node] != 0 } ?? false
            guard let isCategorical, isCategorical[node] != 0 else {
                splits.append(.threshold(feature: features[node], thresholds[node], missingGoesLeft: goesLeft))
                continue
            }
            guard let set = sets?[node], set >= 0, set < words.count / 8 else {
                throw ModelImportError(.malformed, "node \(node) of the tree names a set that is not there")
            }
            let bits = (0..<256).filter { words[set * 8 + $0 / 32] >> ($0 % 32) & 1 == 1 }
            splits.append(.categories(feature: features[node], left: Set(bits), missingGoesLeft: goesLeft))
        }
        self.splits = splits
        self.children = children
    }
}
