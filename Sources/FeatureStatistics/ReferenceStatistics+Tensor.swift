package import Tensors

extension ReferenceStatistics.Input {
    /// The statistics of the columns of a matrix, or of the only column of a vector.
    ///
    /// *Parameter* names: the names of the columns, as far as they have some.
    /// *Returns*: `nil` for what is no such matrix of numbers, or has no rows.
    package init?(name: String, of tensor: Tensor, names: [String] = []) {
        guard let shape = FeatureShape(tensor.shape), shape.columns <= ReferenceStatistics.featureLimit, shape.rows > 0
        else { return nil }
        var columns = [[Double]](repeating: [], count: shape.columns)
        guard
            forEachFeature(of: tensor, rows: shape.rows, { column, value in columns[column].append(value) })
        else { return nil }
        let features = columns.enumerated().map { index, values in
            var summary = FeatureSummary()
            let edges = decileEdges(values)
            var counts = [Int](repeating: 0, count: edges.count + 1)
            for value in values {
                summary.add(value)
                if value.isFinite { counts[bin(of: value, among: edges)] += 1 }
            }
            return ReferenceStatistics.Feature(
                name: names.indices.contains(index) ? names[index] : shape.columns == 1 ? name : "\(index)",
                summary: summary,
                edges: edges,
                counts: counts
            )
        }
        self.init(name: name, features: features)
    }
}

/// The rows and columns of a matrix; a vector has one column.
package struct FeatureShape: Sendable, Hashable {
    package let rows: Int
    package let columns: Int

    /// `nil` for a shape of another rank.
    package init?(_ shape: Shape) {
        guard 1...2 ~= shape.rank else { return nil }
        rows = shape[0]
        columns = shape.rank == 2 ? shape[1] : 1
    }
}

/// Visits the first rows of a matrix of numbers, column by column in each.
///
/// *Returns*: whether the elements are numbers that are visited.
package func forEachFeature(of tensor: Tensor, rows: Int, _ body: (_ column: Int, _ value: Double) -> Void) -> Bool {
    switch tensor.elementType {
    case .float: visit(tensor, Float.self, rows, body) { Double($0) }
    case .double: visit(tensor, Double.self, rows, body) { $0 }
    case .int64: visit(tensor, Int64.self, rows, body) { Double($0) }
    case .int32: visit(tensor, Int32.self, rows, body) { Double($0) }
    case .uint8: visit(tensor, UInt8.self, rows, body) { Double($0) }
    case .bool: visit(tensor, Bool.self, rows, body) { $0 ? 1 : 0 }
    default: false
    }
}

private func visit<Element: TensorElement>(
    _ tensor: Tensor,
    _ type: Element.Type,
    _ rows: Int,
    _ body: (Int, Double) -> Void,
    _ number: (Element) -> Double
) -> Bool {
    guard let shape = FeatureShape(tensor.shape) else { return false }
    let visited: Void? = try? tensor.withElements(of: type) { elements throws(TensorError) in
        var column = 0
        for element in elements.prefix(rows * shape.columns) {
            body(column, number(element))
            column = column + 1 == shape.columns ? 0 : column + 1
        }
    }
    return visited != nil
}
