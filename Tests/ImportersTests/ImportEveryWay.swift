import Importers
import ModelImport
import OnnxBuilder

/// Imports a file to finished graphs, for the default operator sets and for those with `TreeEnsemble`, each in float and
/// in double.
///
/// What is refused is passed over.
///
/// The fuzzer of importers compiles this file as well.
func importEveryWay(_ bytes: [UInt8], path: String, limits: ModelImportLimits = .default) {
    guard let file = try? ModelFile(bytes, path: path, limits: limits),
        let importer = importers.first(where: { $0.recognises(file) })
    else { return }
    for opsets in [OpsetChoice.default, OpsetChoice(onnx: 17, onnxML: 5) ?? .default] {
        for usesDoublePrecision in [false, true] {
            var options = ImportOptions()
            options.opsets = opsets
            options.usesDoublePrecision = usesDoublePrecision
            _ = try? importer.importModel(file, options: options)
        }
    }
}
