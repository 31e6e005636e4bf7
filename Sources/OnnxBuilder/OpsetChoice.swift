import OnnxIR

/// The versions of operator sets that a model is written for.
package struct OpsetChoice: Sendable, Hashable {
    package var onnx: Int64
    package var onnxML: Int64
    package var irVersion: Int64

    /// Opset 17 with `ai.onnx.ml` 3: what runtimes of the last years read.
    package static let `default` = OpsetChoice(onnx: 17, onnxML: 3, irVersion: 8)

    /// The opsets whose operators mean the same in what this module's users emit.
    package static let supported: ClosedRange<Int64> = 13...22

    /// A choice by the version of `ai.onnx`; `nil` outside of `supported`.
    ///
    /// *Source*: the table of versions in ONNX's Versioning.md.
    package init?(onnx: Int64) {
        guard Self.supported.contains(onnx) else { return nil }
        let irVersion: Int64 =
            switch onnx {
            case ...14: 7
            case ...18: 8
            case ...20: 9
            default: 10
            }
        self.init(onnx: onnx, onnxML: onnx < 16 ? 2 : 3, irVersion: irVersion)
    }

    private init(onnx: Int64, onnxML: Int64, irVersion: Int64) {
        self.onnx = onnx
        self.onnxML = onnxML
        self.irVersion = irVersion
    }

    /// The first opsets with operators that the importers emit and the default has not.
    private static let firstVersions: [String: Int64] = ["RegexFullMatch": 20, "StringConcat": 20]

    /// These opsets, or the first ones that have all operators of a graph.
    func raised(for graph: Graph) -> OpsetChoice {
        let needed = Self.neededVersion(of: graph)
        guard needed > onnx else { return self }
        return OpsetChoice(onnx: needed) ?? self
    }

    private static func neededVersion(of graph: Graph) -> Int64 {
        var version: Int64 = 0
        for node in graph.nodes {
            if node.domain == .onnx { version = max(version, firstVersions[node.opType] ?? 0) }
            for inner in node.attributes.flatMap(\.value.subgraphs) { version = max(version, neededVersion(of: inner)) }
        }
        return version
    }
}
