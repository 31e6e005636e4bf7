/// The weight of an element at a distance, in an interpolation by cubic polynomials with the free factor `a`.
///
/// *Source*: Keys, "Cubic convolution interpolation for digital image processing", IEEE ASSP 29, 1981, equation 4.
func cubicConvolution(_ distance: Double, factor a: Double) -> Double {
    let x = distance.magnitude
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
}
