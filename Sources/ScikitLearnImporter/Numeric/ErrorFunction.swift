import ModelImport

extension Matrix {
    /// The error function, in double.
    ///
    /// *Numerics*: about 1e-16; ONNX's `Erf` has no double kernel in common runtimes.
    /// *Source*: W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969).
    func errorFunction() throws(ModelImportError) -> Matrix {
        let size = absolute()
        let square = size.squared()
        let small = try self * square.polynomial(Self.smallNumerator) / square.polynomial(Self.smallDenominator)
        let middle =
            try (-square).exp() * size.polynomial(Self.middleErfNumerator)
            / size.polynomial(Self.middleErfDenominator)
        // Above 4, what is missing to 1 is below 2e-8, and by 6 below the rounding of double.
        let inverse = try 1 / size.atLeast(1).squared()
        let ratio = try inverse.polynomial(Self.tailNumerator) / inverse.polynomial(Self.tailDenominator)
        let tail = try (-square).exp() / size.atLeast(1) * (0.5641895835477563 - inverse * ratio)
        let complement = try size.greater(than: 4).choose(tail, middle)
        let large = try (1 - complement) * apply("Sign")
        return try size.greater(than: 0.46875).choose(large, small)
    }

    private static let smallNumerator = [
        3.209377589138469472562e3, 3.774852376853020208137e2, 1.138641541510501556495e2, 3.161123743870565596947,
        1.857777061846031526730e-1,
    ]
    private static let smallDenominator = [
        2.844236833439170622273e3, 1.282616526077372275645e3, 2.440246379344441733056e2, 2.360129095234412093499e1, 1,
    ]
    private static let middleErfNumerator = [
        1.23033935479799725272e3, 2.05107837782607146532e3, 1.71204761263407058314e3, 8.81952221241769090411e2,
        2.98635138197400131132e2, 6.61191906371416294775e1, 8.88314979438837594118, 5.64188496988670089180e-1,
        2.15311535474403846343e-8,
    ]
    private static let middleErfDenominator = [
        1.23033935480374942043e3, 3.43936767414372163696e3, 4.36261909014324715820e3, 3.29079923573345962678e3,
        1.62138957456669018874e3, 5.37181101862009857509e2, 1.17693950891312499305e2, 1.57449261107098347253e1, 1,
    ]
    private static let tailNumerator = [
        6.58749161529837803157e-4, 1.60837851487422766278e-2, 1.25781726111229246204e-1, 3.60344899949804439429e-1,
        3.05326634961232344035e-1, 1.63153871373020978498e-2,
    ]
    private static let tailDenominator = [
        2.33520497626869185443e-3, 6.05183413124413191178e-2, 5.27905102951428412248e-1, 1.87295284992346725209,
        2.56852019228982242072, 1,
    ]
}
