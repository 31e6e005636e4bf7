import Diagnostics
import ModelFormats
import ModelImport

/// A function of NumPy or SciPy, applied to each number.
///
/// *Source*: scikit-learn 0.24 to 1.9, `func`, `inverse_func`, by their names; `None` is the identity.
struct FunctionTransformer: Transformer, InverseTransformer {
    let function: ElementFunction?
    let inverse: ElementFunction?
    let inverseName: String?

    static let entry = EstimatorEntry("sklearn.preprocessing.FunctionTransformer") { object throws(ModelImportError) in
        .transformer(try FunctionTransformer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        try object.refuse(object.value["kw_args"]?.entries?.isEmpty == false, "`kw_args`")
        function = try object.function("func")
        inverseName = object.value["inverse_func"]?.globalName
        inverse = try? object.function("inverse_func")
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        guard let function else { return input }
        return Table(try function(try input.doubles()))
    }

    func inverseTransform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        if let inverse { return try inverse(x) }
        guard let inverseName else { return x }
        throw ModelImportError(.unsupported, "function `\(inverseName)` is not supported")
    }
}

extension EstimatorObject {
    /// The function that an attribute names; `nil` for `None`.
    fileprivate func function(_ name: String) throws(ModelImportError) -> ElementFunction? {
        guard let value = value[name], !value.isNone else { return nil }
        let fullName = value.globalName ?? value.className ?? "of another kind"
        let packages = ["numpy", "scipy"]
        guard let function = fullName.split(separator: ".").last.flatMap({ ElementFunction(rawValue: String($0)) }),
            packages.contains(where: { fullName.hasPrefix($0 + ".") })
        else { throw ModelImportError(.unsupported, "function `\(fullName)` is not supported") }
        return function
    }
}
