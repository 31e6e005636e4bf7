package import Diagnostics
package import OnnxBuilder
import OnnxIR
import Tensors

extension GraphBuilder {
    /// Adds the outputs of a classifier: `label` and `probabilities`.
    ///
    /// *Shapes*: `indices` (int64) is `[batch]`, `probabilities` (float) is `[batch, classes]`.
    /// *Throws*: `unsupported` for a ZipMap over labels that are neither integers nor strings.
    package mutating func classifierOutputs(
        indices: String,
        probabilities: String,
        classes: ClassLabels,
        options: ImportOptions
    ) throws(ModelImportError) {
        var label = indices
        if !classes.areIndices {
            label = node(
                "Gather",
                [constant(try importing { () throws(TensorError) in try classes.tensor() }, name: "classes"), indices]
            )
        }
        output(label, name: "label", .tensor(classes.elementType, ["batch"]))
        guard options.usesZipMap else {
            output(probabilities, name: "probabilities", .tensor(.float, ["batch", .fixed(classes.count)]))
            return
        }
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
        output(
            maps,
            name: "probabilities",
            .sequence(.map(key: classes.elementType, value: .tensor(.float, shape: nil)))
        )
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
