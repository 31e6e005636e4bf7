/// What products with constant weights are computed in.
package enum Precision: String, CaseIterable, Sendable {
    /// As the standard has it.
    case fp32
    /// Weights are rounded to `bfloat16`; all else is `float`.
    case bf16
    /// Weights are rounded to 8 bits by columns, activations by rows in each run; sums are exact.
    ///
    /// Convolutions of one group have their weights rounded by output channels and their input as a whole, where that is
    /// faster: with 16 channels in and out and 32 products in a result at least, and not where Winograd's algorithm
    /// computes a large plane.
    case int8
}
