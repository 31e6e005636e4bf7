package import OnnxBuilder

/// Reads the models of one framework.
package protocol ModelImporter: Sendable {
    /// The framework, as it writes its own name.
    var framework: String { get }
    /// Whether the content is a model of this framework; looks only, and never throws.
    func recognises(_ file: ModelFile) -> Bool
    /// Builds the graph that predicts what the model predicts.
    func importModel(_ file: ModelFile, options: ImportOptions) throws(ModelImportError) -> ImportedModel
}

/// What the caller of an import chooses.
package struct ImportOptions: Sendable {
    package var opsets = OpsetChoice.default
    /// Whether probabilities are a sequence of maps from class label to probability.
    package var usesZipMap = false

    /// The default choices.
    package init() {}
}
