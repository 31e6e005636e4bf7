import Diagnostics
import ModelFormats
import ModelImport

extension Tree {
    /// Reads an element of `tree_info`, whose nodes lie in one another and say their places in the text form.
    init(_ info: DocumentValue, featureCount: Int) throws(ModelImportError) {
        guard let root = info["tree_structure"] else {
            throw ModelImportError(.malformed, "`tree_structure` is missing, expected an object")
        }
        var splits: [Int: Split] = [:]
        var leaves: [Int: Leaf] = [:]
        var waiting = [root]
        while let node = waiting.popLast() {
            switch try Self.child(node) {
            case .leaf(let index):
                guard leaves.updateValue(try Self.leaf(node), forKey: index) == nil else {
                    throw ModelImportError(.malformed, "`leaf_index` \(index) is there twice")
                }
            case .split(let index):
                guard splits.updateValue(try Self.split(node), forKey: index) == nil else {
                    throw ModelImportError(.malformed, "`split_index` \(index) is there twice")
                }
                for name in ["left_child", "right_child"] {
                    if let child = node[name] { waiting.append(child) }
                }
            }
        }
        try self.init(
            splits: try Self.listed(splits, "split_index"),
            leaves: try Self.listed(leaves, "leaf_index"),
            featureCount: featureCount
        )
    }

    /// The place of a node; the only leaf of a tree has no index.
    private static func child(_ node: DocumentValue) throws(ModelImportError) -> Child {
        if node["split_index"] != nil { return .split(try int(node, "split_index")) }
        guard node["leaf_value"] != nil else {
            throw ModelImportError(.malformed, "a node has neither `split_index` nor `leaf_value`")
        }
        return .leaf(node["leaf_index"] == nil ? 0 : try int(node, "leaf_index"))
    }

    private static func listed<Node>(_ nodes: [Int: Node], _ name: String) throws(ModelImportError) -> [Node] {
        let listed = (0..<nodes.count).compactMap { nodes[$0] }
        guard listed.count == nodes.count else {
            throw ModelImportError(.malformed, "`\(name)` has gaps, expected each of 0..<\(nodes.count)")
        }
        return listed
    }

    private static func split(_ node: DocumentValue) throws(ModelImportError) -> Split {
        guard let left = node["left_child"], let right = node["right_child"] else {
            throw ModelImportError(.malformed, "a split lacks `left_child` or `right_child`")
        }
        let missing: Missing
        switch node["missing_type"]?.string {
        case "None": missing = .none
        case "Zero": missing = .zero
        case "NaN": missing = .nan
        case let name:
            throw ModelImportError(
                .malformed,
                "`missing_type` is `\((name ?? "").prefix(40))`, expected `None`, `Zero` or `NaN`"
            )
        }
        guard case .bool(let missingGoesLeft)? = node["default_left"] else {
            throw ModelImportError(.malformed, "`default_left` is missing, expected a boolean")
        }
        return Split(
            feature: try int(node, "split_feature"),
            condition: try condition(node),
            missing: missing,
            missingGoesLeft: missingGoesLeft,
            left: try child(left),
            right: try child(right)
        )
    }

    private static func condition(_ node: DocumentValue) throws(ModelImportError) -> Condition {
        switch (node["decision_type"]?.string, node["threshold"]) {
        // SPEC: Common::AvoidInf: infinity is written as 1e300.
        case ("<=", .number(let threshold)?): return .atMost(threshold >= 1e300 ? .infinity : threshold)
        case ("==", .string(let text)?):
            let parts = text.split(separator: "|")
            let categories = parts.compactMap { Int($0) }
            guard categories.count == parts.count, categories.allSatisfy({ (0..<1 << 24).contains($0) }) else {
                throw ModelImportError(.malformed, "`threshold` is `\(text.prefix(40))`, expected categories")
            }
            return .oneOf(CategorySet(categories))
        default:
            throw ModelImportError(
                .malformed,
                "`decision_type` and `threshold` do not fit, expected `<=` and a number, or `==` and categories"
            )
        }
    }

    private static func leaf(_ node: DocumentValue) throws(ModelImportError) -> Leaf {
        guard case .number(let value)? = node["leaf_value"] else {
            throw ModelImportError(.malformed, "`leaf_value` is no number")
        }
        guard case .number(let constant)? = node["leaf_const"] else { return Leaf(value: value) }
        let numbers = node["leaf_features"]?.numbers ?? []
        let features = numbers.compactMap { Int(exactly: $0) }
        guard let coefficients = node["leaf_coeff"]?.numbers, features.count == numbers.count,
            features.count == coefficients.count
        else {
            throw ModelImportError(.malformed, "`leaf_features` and `leaf_coeff` are not arrays of the same length")
        }
        return Leaf(
            value: value,
            linear: LinearFunction(constant: constant, features: features, coefficients: coefficients)
        )
    }

    private static func int(_ node: DocumentValue, _ key: String) throws(ModelImportError) -> Int {
        guard case .number(let number)? = node[key], let int = Int(exactly: number), int >= 0 else {
            throw ModelImportError(.malformed, "`\(key)` is no whole number from 0")
        }
        return int
    }
}
