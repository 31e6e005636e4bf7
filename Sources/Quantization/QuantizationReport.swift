package import JSON

/// What quantising a model cost in accuracy, on the data that it was calibrated with.
package struct QuantizationReport: Sendable {
    /// One quantised node.
    package struct LayerRow: Sendable {
        package let name: String
        package let kind: LayerKind
        /// The layer alone, fed with the floats of the float model.
        package let deviation: Deviation

        fileprivate var error: Double { deviation.relativeError ?? 0 }
    }

    /// One output of the model.
    package struct OutputRow: Sendable {
        package let name: String
        /// The whole quantised model beside the float model.
        package let deviation: Deviation
    }

    /// In the order of the graph.
    package let layers: [LayerRow]
    package let outputs: [OutputRow]

    /// A table of outputs and one of layers, those that lose most first.
    package var text: String {
        let outputRows = outputs.map { row in
            [
                row.name, row.deviation.relativeError.map { Self.percent($0) } ?? "-",
                Self.number(row.deviation.greatestDifference),
                row.deviation.cosine.map { Self.number($0) } ?? "-",
                row.deviation.agreement.map { Self.percent($0) } ?? "-",
            ]
        }
        let ordered = layers.enumerated().sorted {
            ($1.element.error, $0.offset) < ($0.element.error, $1.offset)
        }
        let layerRows = ordered.map { _, row in
            [row.name, row.kind.rawValue, Self.percent(row.error)]
        }
        return Self.table(["output", "relative error", "greatest", "cosine", "same choice"], outputRows) + "\n\n"
            + Self.table(["layer", "operator", "relative error"], layerRows)
    }

    /// The same for a script; errors are ratios.
    package var json: JSONValue {
        [
            "outputs": .array(outputs.map { Self.json($0.name, $0.deviation) }),
            "layers": .array(layers.map { Self.json($0.name, $0.deviation, kind: $0.kind) }),
        ]
    }

    private static func json(_ name: String, _ deviation: Deviation, kind: LayerKind? = nil) -> JSONValue {
        var members: [(String, JSONValue)] = [("name", .string(name))]
        if let kind { members.append(("operator", .string(kind.rawValue))) }
        members.append(("relative_error", deviation.relativeError.map { finite($0) } ?? .null))
        members.append(("greatest_difference", finite(deviation.greatestDifference)))
        members.append(("cosine", deviation.cosine.map { finite($0) } ?? .null))
        members.append(("agreement", deviation.agreement.map { finite($0) } ?? .null))
        return .object(JSONObject(members))
    }

    private static func finite(_ value: Double) -> JSONValue { value.isFinite ? JSONValue(value) : .null }

    private static func percent(_ ratio: Double) -> String {
        ratio.isFinite ? "\((ratio * 100_000).rounded() / 1000) %" : "not finite"
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "not finite" }
        var scale = 1.0
        while abs(value) * scale < 10_000 { scale *= 10 }
        return "\((value * scale).rounded() / scale)"
    }

    private static func table(_ header: [String], _ rows: [[String]]) -> String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            line[line.count - 1] = row[row.count - 1]
            return line.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
