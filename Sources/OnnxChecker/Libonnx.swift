import COnnxChecker
package import OnnxIR

/// Debian's libonnx, whose checker and shape inference are another opinion on older models.
package enum Libonnx {
    /// The version that Debian 12 has.
    package static let version = "1.12"

    private static let newestIRVersion: Int64 = 8
    private static let newestOpsets: [OperatorDomain: Int64] = [.onnx: 17, .onnxML: 3, .onnxPreviewTraining: 1]

    /// Why libonnx cannot be asked about a model; `nil` when it can.
    ///
    /// Beyond its range it does not say so: it accepts an opset that it does not know when the operators are old.
    package static func reasonNotToAsk(about model: Model) -> String? {
        if model.irVersion > newestIRVersion {
            return "IR version \(model.irVersion) is newer than \(newestIRVersion)"
        }
        for entry in model.opsetImports + model.functions.flatMap(\.opsetImports) {
            guard let newest = newestOpsets[entry.domain], entry.version > newest else { continue }
            return "opset \(entry.version) of `\(entry.domain)` is newer than \(newest)"
        }
        return nil
    }

    /// What libonnx has against the model in a file; `nil` when nothing.
    ///
    /// It may crash on a broken file, so this runs in a child process.
    package static func objection(toModelAt path: String) -> String? {
        var message = [CChar](repeating: 0, count: 1 << 14)
        guard mlpack_onnx_check(path, &message, message.count) != mlpack_onnx_accepted else { return nil }
        let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        return lines.filter { !$0.isEmpty && !$0.hasPrefix("==> Context") }.joined(separator: " ")
    }
}
