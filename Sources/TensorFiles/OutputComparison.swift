import Diagnostics
package import JSON
package import OnnxIR
import Tensors

/// The outputs of two runs of one model, held against each other.
package struct OutputComparison: Sendable {
    /// One output of both runs.
    package struct Row: Sendable, Equatable {
        package let name: String
        package let elementCount: Int
        /// The greatest `|a - b|`; `nil` when the outputs are not numbers of one shape.
        package let greatestDifference: Double?
        /// Whether every element is within the tolerance, or equal where it is no number.
        package let agrees: Bool
    }

    /// One row for each output, in the order asked for.
    package let rows: [Row]

    /// *Numerics*: `|a - b| ≤ 1e-5 + 1e-4 · |b|`; NaN equals NaN.
    private static let absoluteTolerance = 1e-5
    private static let relativeTolerance = 1e-4

    /// Compares what stands under each name.
    ///
    /// *Throws*: `unsupported` for element types that have no form as text.
    package init(
        _ values: [String: Value],
        _ expected: [String: Value],
        names: [String]
    ) throws(TensorFileError) {
        var rows: [Row] = []
        for name in names {
            guard let value = values[name], let other = expected[name] else { continue }
            rows.append(try Self.row(name, value, other))
        }
        self.rows = rows
    }

    /// Whether all outputs agree.
    package var agrees: Bool { rows.allSatisfy(\.agrees) }

    private static func row(_ name: String, _ value: Value, _ expected: Value) throws(TensorFileError) -> Row {
        guard let tensor = value.tensor, let other = expected.tensor else {
            let agrees = try TensorFiles.json(of: value) == TensorFiles.json(of: expected)
            return Row(name: name, elementCount: 1, greatestDifference: nil, agrees: agrees)
        }
        let count = tensor.shape.elementCount
        guard tensor.shape == other.shape, tensor.elementType == other.elementType else {
            return Row(name: name, elementCount: count, greatestDifference: nil, agrees: false)
        }
        let pairs = zip(try scalars(of: tensor), try scalars(of: other))
        var greatest: Double?
        var agrees = true
        for (left, right) in pairs where left != right {
            guard let left = left.number?.double, let right = right.number?.double else {
                agrees = false
                continue
            }
            let difference = abs(left - right)
            greatest = max(greatest ?? 0, difference)
            agrees = agrees && difference <= absoluteTolerance + relativeTolerance * abs(right)
        }
        let isNumeric = tensor.elementType != .string && tensor.elementType != .bool
        return Row(
            name: name,
            elementCount: count,
            greatestDifference: greatest ?? (isNumeric ? 0 : nil),
            agrees: agrees
        )
    }

    /// One line for each output.
    package var text: String {
        rows.map { row in
            let difference = row.greatestDifference.map { ", greatest difference \($0)" } ?? ""
            let count = "\(row.elementCount) element\(row.elementCount == 1 ? "" : "s")"
            return "\(row.name): \(row.agrees ? "agrees" : "differs"), \(count)\(difference)"
        }.joined(separator: "\n")
    }

    /// The comparison for a script.
    package var json: JSONValue {
        [
            "agrees": .bool(agrees),
            "outputs": .array(
                rows.map { row in
                    [
                        "name": .string(row.name),
                        "agrees": .bool(row.agrees),
                        "elements": .number(JSONNumber(row.elementCount)),
                        "greatestDifference": row.greatestDifference.map { JSONValue($0) } ?? nil,
                    ]
                }
            ),
        ]
    }
}
