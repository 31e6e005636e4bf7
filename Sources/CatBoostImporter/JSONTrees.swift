import Diagnostics
import ModelFormats
import ModelImport

/// Reads the trees of the JSON form.
struct JSONTrees {
    private let dimension: Int
    private let floatFeatureCount: Int
    private let categoricalFeatureCount: Int
    /// What splits refer to by `split_index`.
    private let binaryFeatures: [Model.Split]

    init(_ model: Model) {
        dimension = model.dimension
        floatFeatureCount = model.floatFeatures.count
        categoricalFeatureCount = model.categoricalFeatures.count
        binaryFeatures = model.binaryFeatures
    }

    func trees(of document: DocumentValue) throws(ModelImportError) -> [Tree] {
        let isSymmetric = document["oblivious_trees"] != nil
        guard let elements = document[isSymmetric ? "oblivious_trees" : "trees"]?.elements else {
            throw ModelImportError(.malformed, "`oblivious_trees` and `trees` are missing, expected an array")
        }
        var trees: [Tree] = []
        for (index, element) in elements.enumerated() {
            trees.append(
                try locating(.item("tree", "\(index)")) { () throws(ModelImportError) in
                    let tree = isSymmetric ? try symmetric(element) : try asymmetric(element)
                    try tree.validate(dimension: dimension)
                    return tree
                }
            )
        }
        return trees
    }

    private func symmetric(_ tree: DocumentValue) throws(ModelImportError) -> Tree {
        guard let values = tree["leaf_values"]?.numbers else {
            throw ModelImportError(.malformed, "`leaf_values` is not an array of numbers")
        }
        var splits: [Model.Split] = []
        for element in tree["splits"]?.elements ?? [] { splits.append(try split(element)) }
        return .symmetric(splits, values: values)
    }

    private func asymmetric(_ root: DocumentValue) throws(ModelImportError) -> Tree {
        var nodes: [Tree.Node] = []
        var values: [Double] = []
        /// Gives a node its place; the children of splits are read later.
        func child(_ value: DocumentValue) throws(ModelImportError) -> Tree.Child {
            guard value["split"] == nil else {
                nodes.append(Tree.Node(split: try split(value["split"] ?? .null), left: .leaf(0), right: .leaf(0)))
                return .node(nodes.count - 1)
            }
            let start = values.count
            if case .number(let number)? = value["value"] {
                values.append(number)
            } else {
                values += value["value"]?.numbers ?? []
            }
            guard values.count == start + dimension else {
                throw ModelImportError(.malformed, "a leaf has no `value` of \(dimension) numbers")
            }
            return .leaf(start)
        }
        let first = try child(root)
        var waiting = [(value: root, child: first)]
        while let (value, place) = waiting.popLast() {
            guard case .node(let index) = place else { continue }
            guard let left = value["left"], let right = value["right"] else {
                throw ModelImportError(.malformed, "a split lacks `left` or `right`")
            }
            nodes[index].left = try child(left)
            nodes[index].right = try child(right)
            waiting += [(right, nodes[index].right), (left, nodes[index].left)]
        }
        return .asymmetric(nodes, root: first, values: values)
    }

    private func split(_ value: DocumentValue) throws(ModelImportError) -> Model.Split {
        let fields = JSONFields(value)
        switch value["split_type"]?.string {
        case "FloatFeature":
            let feature = try fields.int("float_feature_index")
            guard feature < floatFeatureCount else {
                throw ModelImportError(
                    .malformed,
                    "a split uses float feature \(feature), expected one of 0..<\(floatFeatureCount)"
                )
            }
            let border = try fields.float("border")
            guard !border.isNaN else { throw ModelImportError(.malformed, "`border` is NaN, expected a number") }
            return .isAbove(feature: feature, border: border)
        case "OneHotFeature":
            let feature = try fields.int("cat_feature_index")
            guard feature < categoricalFeatureCount else {
                throw ModelImportError(
                    .malformed,
                    "a split uses categorical feature \(feature), expected one of 0..<\(categoricalFeatureCount)"
                )
            }
            return .isCategory(feature: feature, try fields.categoryHash("value"))
        case "OnlineCtr":
            let index = try fields.int("split_index")
            guard index < binaryFeatures.count, case .statisticIsAbove = binaryFeatures[index] else {
                throw ModelImportError(.malformed, "`split_index` is \(index), expected that of a statistic")
            }
            return binaryFeatures[index]
        case let name:
            throw ModelImportError(
                .unsupported,
                "splits of type `\((name ?? "").prefix(40))` are not supported"
            )
        }
    }
}
