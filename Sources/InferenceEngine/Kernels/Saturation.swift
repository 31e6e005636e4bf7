extension FixedWidthInteger {
    /// The integer towards zero, held at the ends of the range; NaN is zero.
    @inline(__always)
    init<Source: BinaryFloatingPoint>(saturating value: Source) {
        if let exact = Self(exactly: value.rounded(.towardZero)) {
            self = exact
        } else {
            self = value.isNaN ? 0 : value < 0 ? .min : .max
        }
    }
}
