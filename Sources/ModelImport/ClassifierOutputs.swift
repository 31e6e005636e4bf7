package import Diagnostics
package import OnnxBuilder
package import OnnxIR
import Tensors

extension GraphBuilder {
    /// The labels at indices (int64, of any shape): the indices themselves where they are labels.
    package mutating func labels(at indices: String, of classes: ClassLabels) throws(ModelImportError) -> String {
        guard !classes.areIndices else { return indices }
        let labels = constant(try importing { () throws(TensorError) in try classes.tensor() }, name: "classes")
        return node("Gather", [labels, indices])
    }

    /// Probabilities (float, `[batch, classes]`) as a sequence of maps from label to probability.
    ///
    /// *Throws*: `unsupported` for labels that are neither integers nor strings.
    package mutating func zipMap(
        _ probabilities: String,
        classes: ClassLabels
    ) throws(ModelImportError) -> (value: String, type: ValueType) {
        let attribute: Attribute
        switch classes {
        case .ints(let labels): attribute = Attribute("classlabels_int64s", .ints(labels))
        case .strings(let labels): attribute = Attribute("classlabels_strings", .strings(labels))
        case .bools, .doubles:
            throw ModelImportError(
                .unsupported,
                "ZipMap over class labels of type `\(classes.elementType.name)` is not supported, "
                    + "expected integers or strings"
            )
        }
        let maps = node("ZipMap", domain: .onnxML, [probabilities], [attribute])
        return (maps, .sequence(.map(key: classes.elementType, value: .tensor(.float, shape: nil))))
    }
}

/// Runs `body`, and gives what it throws as an error of an import.
package func importing<Result, Failure: Diagnostic>(
    _ body: () throws(Failure) -> Result
) throws(ModelImportError) -> Result {
    do {
        return try body()
    } catch {
        throw ModelImportError(error)
    }
}
