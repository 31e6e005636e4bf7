extension ModelOutline {
    /// The outline as lines for a person.
    package var text: String {
        let version = mlflow?.mlflowVersion.map { " \($0)" } ?? ""
        let origin = [format, framework, mlflow.map { "flavor `\($0.flavor)` of MLflow\(version)" }]
            .compactMap(\.self).joined(separator: ", ")
        return (["`\(path)`: \(origin)"] + root.lines(named: nil, indent: 0)).joined(separator: "\n")
    }
}

extension OutlineValue {
    /// The value on one line; `nil` where it needs several.
    private var line: String? {
        switch self {
        case .none: return "None"
        case .bool(let bool): return bool ? "True" : "False"
        case .int(let int): return "\(int)"
        case .double(let double): return double == .infinity ? "inf" : "\(double)"
        case .string(let string): return "'\(string)'"
        case .text(let text): return text
        case .array(let type, let shape, let elements):
            let extents = shape.map(String.init).joined(separator: ", ")
            guard let first = Self.line(elements, count: shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).0 })
            else { return nil }
            return first.isEmpty ? "\(type)[\(extents)]" : "\(type)[\(extents)] \(first)"
        case .list(let elements, let count): return Self.line(elements, count: count).map { "[\($0)]" }
        case .entries(let entries, _): return entries.isEmpty ? "{}" : nil
        case .object(let className, let attributes): return attributes.isEmpty ? className : nil
        }
    }

    private static func line(_ elements: [OutlineValue], count: Int) -> String? {
        let lines = elements.compactMap(\.line)
        guard lines.count == elements.count, lines.reduce(0, { $0 + $1.utf8.count }) <= 400 else { return nil }
        let more = count > elements.count && !elements.isEmpty ? [", … \(count - elements.count) more"] : []
        return lines.joined(separator: ", ") + more.joined()
    }

    /// The text that stands for the value as a key.
    var key: String {
        if case .string(let string) = self { return string }
        return line ?? "a key"
    }

    fileprivate func lines(named name: String?, indent: Int) -> [String] {
        let margin = String(repeating: "  ", count: indent)
        let label = name.map { "\($0): " } ?? ""
        if let line { return [margin + label + line] }
        var lines: [String] = []
        var more = 0
        switch self {
        case .object(let className, let attributes):
            lines.append(margin + label + className)
            for entry in attributes { lines += entry.value.lines(named: entry.name, indent: indent + 1) }
        case .entries(let entries, let count):
            lines.append(margin + label)
            for entry in entries { lines += entry.value.lines(named: entry.name, indent: indent + 1) }
            more = count - entries.count
        case .list(let elements, let count):
            lines.append(margin + label)
            for (index, element) in elements.enumerated() {
                let (name, value) = element.named ?? ("[\(index)]", element)
                lines += value.lines(named: name, indent: indent + 1)
            }
            more = count - elements.count
        case .array(let type, let shape, let elements):
            lines.append("\(margin)\(label)\(type)\(shape)")
            for (index, element) in elements.enumerated() {
                lines += element.lines(named: "[\(index)]", indent: indent + 1)
            }
            more = (shape.first ?? 0) - elements.count
        default: break
        }
        if more > 0 { lines.append("\(margin)  … \(more) more") }
        return lines.filter { !$0.isEmpty }.map { $0.hasSuffix(": ") ? String($0.dropLast()) : $0 }
    }

    /// The second element of a pair whose first is a text, as steps of a pipeline are.
    private var named: (String, OutlineValue)? {
        guard case .list(let elements, 2...3) = self, elements.count >= 2, case .string(let name) = elements[0]
        else { return nil }
        return (name, elements[1])
    }
}
