import Diagnostics
package import JSON
import OnnxIR
import Tensors

extension ModelSummary {
    /// The summary for a person, in aligned columns; nodes and initializers beyond `limit` of each are counted only.
    package func text(limit: Int = 20) -> String {
        var facts: [[String]] = [
            ["ir version", "\(irVersion)"],
            ["opsets", opsets.map { "\($0.domain) \($0.version)" }.joined(separator: ", ")],
            ["graph", graphName],
            ["size", bytesText(fileByteCount)],
            ["parameters", "\(parameterCount), \(bytesText(parameterByteCount)) of tensors"],
        ]
        let optional = [("producer", producer), ("domain", domain), ("description", docString)]
        facts += optional.filter { !$0.1.isEmpty }.map { [$0.0, $0.1] }
        if externalByteCount > 0 { facts.append(["external data", bytesText(externalByteCount)]) }
        if modelVersion != 0 { facts.append(["model version", "\(modelVersion)"]) }
        if !functions.isEmpty { facts.append(["functions", functions.joined(separator: ", ")]) }
        let sections: [(String, [[String]])] = [
            ("inputs", inputs.map(row)),
            ("outputs", outputs.map(row)),
            ("metadata", metadata.map { [$0.key, $0.value] }),
            ("operators", operators.map { ["\($0.domain)::\($0.opType)", "\($0.count)"] }),
            ("initializers", shortened(weights.map(row), to: limit)),
            ("nodes", shortened(nodes.enumerated().map(row), to: limit)),
            ("values", (values ?? []).map { [($0.path + [$0.info.name]).joined(separator: " / "), row($0.info)[1]] }),
        ]
        let text = sections.filter { !$0.1.isEmpty }.map { title, rows in "\n\(title)\n" + aligned(rows) }
        return (["`\(path)`\n" + aligned(facts)] + text).joined(separator: "\n")
    }

    private func row(_ value: ValueInfo) -> [String] { [value.name, value.type?.description ?? "?"] }

    private func row(_ weight: Weight) -> [String] {
        [weight.name, "tensor(\(weight.elementType.name))\(weight.shape)", bytesText(weight.byteCount)]
    }

    private func row(_ index: Int, _ node: Node) -> [String] {
        let flow = "\(node.inputs.joined(separator: ", ")) → \(node.outputs.joined(separator: ", "))"
        return [node.name.isEmpty ? "#\(index)" : node.name, node.opType, flow]
    }

    private func shortened(_ rows: [[String]], to limit: Int) -> [[String]] {
        guard rows.count > limit else { return rows }
        return rows.prefix(limit) + [["… and \(rows.count - limit) more"]]
    }
}

extension ModelSummary {
    /// The summary for a script; every node and initializer is in it.
    package var json: JSONValue {
        var object: JSONObject = [
            "model": .string(path),
            "fileBytes": .number(JSONNumber(fileByteCount)),
            "irVersion": .number(JSONNumber(irVersion)),
            "opsets": .object(JSONObject(opsets.map { ("\($0.domain)", .number(JSONNumber($0.version))) })),
            "producer": .string(producer),
            "domain": .string(domain),
            "modelVersion": .number(JSONNumber(modelVersion)),
            "description": .string(docString),
            "graph": .string(graphName),
            "metadata": .object(JSONObject(metadata.map { ($0.key, .string($0.value)) })),
            "inputs": .array(inputs.map(json)),
            "outputs": .array(outputs.map(json)),
            "parameterCount": .number(JSONNumber(parameterCount)),
            "parameterBytes": .number(JSONNumber(parameterByteCount)),
            "externalBytes": .number(JSONNumber(externalByteCount)),
            "operators": .array(operators.map(json)),
            "functions": .array(functions.map { .string($0) }),
            "initializers": .array(weights.map(json)),
            "nodes": .array(nodes.map(json)),
        ]
        if let values { object["values"] = .array(values.map(json)) }
        return .object(object)
    }

    private func json(_ value: PlacedValue) -> JSONValue {
        guard case .object(var object) = json(value.info) else { return .null }
        object["path"] = .array(value.path.map { .string($0) })
        return .object(object)
    }

    private func json(_ value: ValueInfo) -> JSONValue {
        var object: JSONObject = ["name": .string(value.name), "type": .string(value.type?.description ?? "?")]
        if case .tensor(let elementType, let shape)? = value.type {
            object["elementType"] = elementType.map { .string($0.name) } ?? .null
            object["shape"] = shape.map { .array($0.map(json)) } ?? .null
        }
        return .object(object)
    }

    private func json(_ dimension: Dimension) -> JSONValue {
        switch dimension {
        case .fixed(let extent): .number(JSONNumber(extent))
        case .symbol(let name): .string(name)
        case .unknown: .null
        }
    }

    private func json(_ count: OperatorCount) -> JSONValue {
        [
            "domain": .string("\(count.domain)"), "operator": .string(count.opType),
            "count": .number(JSONNumber(count.count)),
        ]
    }

    private func json(_ weight: Weight) -> JSONValue {
        [
            "name": .string(weight.name),
            "elementType": .string(weight.elementType.name),
            "shape": .array(weight.shape.dimensions.map { .number(JSONNumber($0)) }),
            "bytes": .number(JSONNumber(weight.byteCount)),
            "external": .bool(weight.isExternal),
        ]
    }

    private func json(_ node: Node) -> JSONValue {
        [
            "name": .string(node.name),
            "domain": .string("\(node.domain)"),
            "operator": .string(node.opType),
            "inputs": .array(node.inputs.map { .string($0) }),
            "outputs": .array(node.outputs.map { .string($0) }),
            "attributes": .array(node.attributes.map { .string($0.name) }),
        ]
    }
}

/// Rows as lines, indented, each column as wide as its widest cell.
func aligned(_ rows: [[String]]) -> String {
    var widths: [Int] = []
    for row in rows where row.count > 1 {
        for (column, cell) in row.enumerated() {
            if column == widths.count { widths.append(0) }
            widths[column] = max(widths[column], cell.count)
        }
    }
    return rows.map { row in
        let cells = row.enumerated().map { column, cell in
            column == row.count - 1 ? cell : cell + String(repeating: " ", count: max(0, widths[column] - cell.count))
        }
        return "  " + cells.joined(separator: "  ")
    }.joined(separator: "\n")
}

/// A number of bytes with its unit: `512 bytes`, `1.4 MB`.
func bytesText(_ count: Int) -> String {
    for (unit, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)] where count >= size {
        let tenths = count / (size / 10)
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
    return counted(count, "byte")
}
