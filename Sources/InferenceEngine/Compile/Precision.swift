/// What products with constant weights are computed in.
package enum Precision: String, CaseIterable, Sendable {
    /// As the standard has it.
    case fp32
    /// Weights are rounded to `bfloat16`; all else is `float`.
    case bf16
    /// Weights are rounded to 8 bits by columns, activations by rows in each run; sums are exact.
    case int8
}
