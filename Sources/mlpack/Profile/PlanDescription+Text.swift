import InferenceEngine
import JSON

extension PlanDescription {
    /// A line for each step, and the sums.
    var text: String {
        var lines: [String] = []
        for (index, step) in steps.enumerated() {
            let kind = step.isKernel ? "kernel  " : "operator"
            let work =
                step.floatingPointOperationCount > 0 ? "  \(Self.mega(step.floatingPointOperationCount)) MFLOP" : ""
            lines.append("\(index)\t\(kind)  \(step.label)\(work)  [\(step.place)]")
        }
        let operations = steps.reduce(0) { $0 + $1.floatingPointOperationCount }
        lines.append(
            "\(steps.count) steps, \(Self.mega(operations)) MFLOP, arena \(Self.mega(arenaByteCount)) MB"
        )
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        [
            "steps": .array(
                steps.map { step in
                    [
                        "label": .string(step.label),
                        "place": .string(step.place),
                        "kind": step.isKernel ? "kernel" : "operator",
                        "floating_point_operations": .number(JSONNumber(step.floatingPointOperationCount)),
                        "bytes": .number(JSONNumber(step.byteCount)),
                    ]
                }
            ),
            "arena_bytes": .number(JSONNumber(arenaByteCount)),
        ]
    }

    private static func mega(_ count: Int) -> Double { (Double(count) / 1e3).rounded() / 1e3 }
}
