import OnnxIR

/// The versions of operator sets that a model is written for.
package struct OpsetChoice: Sendable, Hashable {
    package var onnx: Int64
    package var onnxML: Int64

    /// Opset 17 with `ai.onnx.ml` 3: what runtimes of the last years read.
    package static let `default` = OpsetChoice(checkedOnnx: 17, onnxML: 3)

    /// The opsets that this module's users can write for.
    package static let supported: ClosedRange<Int64> = 13...22
    /// The versions of `ai.onnx.ml` of which that is true.
    package static let supportedML: ClosedRange<Int64> = 2...5

    /// A choice by the version of `ai.onnx`, and that of `ai.onnx.ml` where it is not the one beside it; `nil` outside of
    /// what is supported.
    package init?(onnx: Int64, onnxML: Int64? = nil) {
        let onnxML = onnxML ?? (onnx < 16 ? 2 : 3)
        guard Self.supported.contains(onnx), Self.supportedML.contains(onnxML) else { return nil }
        self.init(checkedOnnx: onnx, onnxML: onnxML)
    }

    private init(checkedOnnx: Int64, onnxML: Int64) {
        onnx = checkedOnnx
        self.onnxML = onnxML
    }

    /// Whether trees are written as `TreeEnsemble`, in the place of the operators that it deprecates.
    package var hasTreeEnsemble: Bool { onnxML >= 5 }

    /// The version of the format in whose time the operator sets came.
    ///
    /// *Source*: the table of versions in ONNX's Versioning.md.
    package func irVersion(usesML: Bool) -> Int64 {
        let byOnnx: Int64 =
            switch onnx {
            case ...14: 7
            case ...18: 8
            case ...20: 9
            default: 10
            }
        guard usesML else { return byOnnx }
        let byML: Int64 =
            switch onnxML {
            case ...2: 6
            case 3: 8
            case 4: 9
            default: 10
            }
        return max(byOnnx, byML)
    }

    /// These opsets, or the first ones that have all operators of a graph.
    func raised(for graph: Graph) -> OpsetChoice {
        var choice = self
        choice.onnx = max(onnx, Self.neededVersion(of: graph))
        return choice
    }

    private static func neededVersion(of graph: Graph) -> Int64 {
        var version: Int64 = 0
        for node in graph.nodes {
            if node.domain == .onnx {
                let since = OperatorSchemas.standard.sinceVersions(domain: .onnx, opType: node.opType)
                version = max(version, since.first ?? 0)
            }
            for inner in node.subgraphs { version = max(version, neededVersion(of: inner)) }
        }
        return version
    }
}
