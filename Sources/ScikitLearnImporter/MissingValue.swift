import Diagnostics
import ModelFormats
import ModelImport

/// What an imputer takes for missing.
enum MissingValue {
    case notANumber
    case number(Double)
    case text(String)

    /// *Source*: scikit-learn 0.24 to 1.9, `missing_values`: NaN, `None`, a number or text.
    init(_ object: EstimatorObject) throws(ModelImportError) {
        guard let value = object.value["missing_values"] else {
            self = .notANumber
            return
        }
        if let text = value.string {
            self = .text(text)
        } else if let number = value.double {
            self = number.isNaN ? .notANumber : .number(number)
        } else if value.isNone || value.globalName?.hasSuffix("NAType") == true || value.className != nil {
            self = .notANumber
        } else {
            throw ModelImportError(.unsupported, "`missing_values` of this type is not supported")
        }
    }

    /// Booleans of where numbers are missing.
    func mask(of x: Matrix) throws(ModelImportError) -> Matrix {
        switch self {
        case .notANumber: return x.isNaN()
        case .number(let number):
            // NUMERICS: a float input holds the float that is nearest to the number.
            return try x.equal(to: x.elementType == .float ? Double(Float(number)) : number)
        case .text: throw ModelImportError(.unsupported, "text as `missing_values` of numbers is not supported")
        }
    }

    /// The text that stands for what is missing: the empty string for NaN and `None`.
    var text: String {
        guard case .text(let text) = self else { return "" }
        return text
    }
}
