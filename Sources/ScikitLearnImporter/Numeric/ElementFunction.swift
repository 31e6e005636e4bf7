import ModelImport

/// The functions of NumPy and SciPy that graphs can compute in double, by their names.
enum ElementFunction: String {
    case abs, absolute, arccosh, arcsinh, cbrt, ceil, cos, cosh, deg2rad, degrees, exp, exp2, expit, expm1, fabs, floor
    case isfinite, isinf, isnan, log, log10, log1p, log2, logit, negative, positive, rad2deg, radians, reciprocal, rint
    case sign, sin, sinh, sqrt, square, tan, tanh, trunc

    func callAsFunction(_ x: Matrix) throws(ModelImportError) -> Matrix {
        switch self {
        case .abs, .absolute, .fabs: x.absolute()
        case .arccosh: try (x + (x.squared() - 1).squareRoot()).log()
        case .arcsinh: try x.apply("Sign") * (x.absolute() + (x.squared() + 1).squareRoot()).log()
        case .cbrt: try x.apply("Sign") * x.absolute().power(1.0 / 3)
        case .ceil: x.apply("Ceil")
        case .cos: x.apply("Cos")
        case .cosh: try (x.exp() + (-x).exp()) / 2
        case .deg2rad, .radians: try x * (Double.pi / 180)
        case .degrees, .rad2deg: try x * (180 / Double.pi)
        case .exp: x.exp()
        case .exp2: try (x * 0.6931471805599453).exp()
        case .expit: try x.sigmoid()
        case .expm1: try x.exp() - 1
        case .floor: x.floor()
        case .isfinite: x.isNaN().or(x.apply("IsInf", type: .bool)).not()
        case .isinf: x.apply("IsInf", type: .bool)
        case .isnan: x.isNaN()
        case .log: x.log()
        case .log10: try x.log() / 2.302585092994046
        case .log1p: try (x + 1).log()
        case .log2: try x.log() / 0.6931471805599453
        case .logit: try (x / (1 - x)).log()
        case .negative: -x
        case .positive: x
        case .reciprocal: try 1 / x
        case .rint: x.apply("Round")
        case .sign: x.apply("Sign")
        case .sin: x.apply("Sin")
        case .sinh: try (x.exp() - (-x).exp()) / 2
        case .sqrt: x.squareRoot()
        case .square: x.squared()
        case .tan: x.apply("Sin") / x.apply("Cos")
        case .tanh: x.apply("Tanh")
        case .trunc: x.apply("Sign") * x.absolute().floor()
        }
    }
}
