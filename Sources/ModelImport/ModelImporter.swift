package import OnnxBuilder

/// Reads the models of one framework.
package protocol ModelImporter: Sendable {
    /// The framework, as it writes its own name.
    var framework: String { get }
    /// Whether the content is a model of this framework; looks only, and never throws.
    func recognises(_ file: ModelFile) -> Bool
    /// The versions of the framework whose files are known to be read right; `nil` where nothing is known.
    var knownVersions: ClosedRange<FrameworkVersion>? { get }
    /// Builds the graph that predicts what the model predicts.
    func importModel(_ file: ModelFile, options: ImportOptions) throws(ModelImportError) -> ImportedModel
}

extension ModelImporter {
    package var knownVersions: ClosedRange<FrameworkVersion>? { nil }
}

/// What the caller of an import chooses.
package struct ImportOptions: Sendable {
    package var opsets = OpsetChoice.default
    /// Whether probabilities are a sequence of maps from class label to probability.
    package var usesZipMap = false
    /// What the model gives; `nil` for what is usual for its kind.
    package var outputs: [ModelOutput]?
    /// Whether inputs and outputs are double, where the framework computes in double.
    package var usesDoublePrecision = false

    /// The default choices.
    package init() {}
}
