/// What of a model is quantised, and how.
package struct QuantizationOptions: Sendable {
    /// The operators whose weights and activations become numbers of 8 bits.
    package var operators = Set(LayerKind.allCases)
    /// Names of nodes that stay as they are; a node without a name goes by its first output.
    package var excluded: Set<String> = []
    /// Percent of an activation's elements that its range holds; what lies beyond is clipped, as much on either side.
    package var percentile = 100.0
    /// Whether weights keep to 7 bits, so that the sums of two products fit the 16 bits that runtimes have on processors
    /// without VNNI.
    package var reducesRange = false

    /// Everything that can be, by whole ranges.
    package init() {}
}

/// The operators that are quantised.
package enum LayerKind: String, CaseIterable, Sendable {
    case conv = "Conv"
    /// Rows of a table of constants; the table alone is quantised.
    case gather = "Gather"
    case gemm = "Gemm"
    case matMul = "MatMul"
}
