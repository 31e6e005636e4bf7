import Diagnostics
import ModelFormats
import ModelImport

/// The cluster that a walk down a tree of centres leads to.
///
/// *Source*: scikit-learn 1.1 to 1.9, `_bisecting_tree` with `center`, `left`, `right`, `label`; `_X_mean`.
struct BisectingKMeans: Labeller {
    private indirect enum Node {
        case leaf(Int)
        case inner(centers: [Double], Node, Node)
    }

    private let root: Node
    let clusters: KMeans

    static let entry = EstimatorEntry("sklearn.cluster.BisectingKMeans") { object throws(ModelImportError) in
        let fitted = try BisectingKMeans(object)
        return Roles(predictor: .labeller(fitted), transformer: fitted.clusters)
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        clusters = try KMeans(object)
        let means = try object.array("_X_mean") == nil ? nil : object.doubles("_X_mean")
        var budget = 2 * clusters.count
        root = try Self.node(try object.estimator("_bisecting_tree"), means, depth: 0, &budget)
    }

    private static func node(
        _ object: EstimatorObject,
        _ means: [Double]?,
        depth: Int,
        _ budget: inout Int
    ) throws(ModelImportError) -> Node {
        budget -= 1
        guard depth < 512, budget >= 0 else {
            throw ModelImportError(.tooDeep, "the tree of centres is too deep, or has more nodes than clusters")
        }
        guard let left = object.value["left"], left.className != nil, let right = object.value["right"] else {
            return try .leaf(object.int("label"))
        }
        let children = [object.sibling(left), object.sibling(right)]
        var centers: [Double] = []
        for child in children {
            let own = try child.doubles("center")
            guard means == nil || means?.count == own.count else {
                throw ModelImportError(.malformed, "a centre has \(own.count) elements, expected those of `_X_mean`")
            }
            centers += zip(own, means ?? own.map { _ in 0 }).map { $0 + $1 }
        }
        return .inner(
            centers: centers,
            try node(children[0], means, depth: depth + 1, &budget),
            try node(children[1], means, depth: depth + 1, &budget)
        )
    }

    func label(_ input: Table) throws(ModelImportError) -> Labelling {
        Labelling(labels: try label(try input.doubles(), root))
    }

    private func label(_ x: Matrix, _ node: Node) throws(ModelImportError) -> Matrix {
        switch node {
        case .leaf(let label): return try x.filled(with: [Double(label)]).cast(to: .int64)
        case .inner(let centers, let left, let right):
            let goesRight = try x.squaredDistances(to: centers).argMin().cast(to: .bool)
            return try goesRight.choose(label(x, right), label(x, left))
        }
    }
}
