import Diagnostics
import ModelFormats
import ModelImport

/// Codes of samples in a dictionary.
///
/// *Source*: scikit-learn 0.24 to 1.9, `components_` or `dictionary`, `transform_algorithm`, `transform_alpha`, `alpha`,
/// `transform_n_nonzero_coefs`, `split_sign`, `positive_code`.
struct SparseCoder: MatrixTransformer {
    let dictionary: CodeDictionary
    let algorithm: Algorithm
    let splitsSign: Bool
    let isPositive: Bool

    /// How codes are found.
    enum Algorithm {
        case lasso(penalty: Double)
        case matchingPursuit(atomCount: Int)
        case threshold(Double)
    }

    static let entry = EstimatorEntry(
        "sklearn.decomposition.DictionaryLearning",
        "sklearn.decomposition.MiniBatchDictionaryLearning",
        "sklearn.decomposition.SparseCoder"
    ) { object throws(ModelImportError) in
        .transformer(try SparseCoder(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let matrix = try object.matrix(object.value["components_"] == nil ? "dictionary" : "components_")
        dictionary = CodeDictionary(atoms: matrix.elements, count: matrix.rows, featureCount: matrix.columns)
        let penalty = object.value["transform_alpha"]?.double ?? object.value["alpha"]?.double ?? 1
        let name = try object.string("transform_algorithm")
        switch name {
        case "lasso_cd", "lasso_lars": algorithm = .lasso(penalty: penalty)
        case "omp":
            let count = object.value["transform_n_nonzero_coefs"]?.int
            algorithm = .matchingPursuit(atomCount: count ?? min(max(matrix.columns / 10, 1), matrix.rows))
        case "threshold": algorithm = .threshold(penalty)
        default: throw ModelImportError(.unsupported, "`transform_algorithm=\(name)` is not supported")
        }
        splitsSign = object.flag("split_sign")
        isPositive = object.flag("positive_code")
    }

    func transform(_ x: Matrix) throws(ModelImportError) -> Matrix {
        guard x.columnCount == dictionary.featureCount else {
            throw ModelImportError(
                .malformed,
                "the dictionary has \(dictionary.featureCount) columns, expected \(x.columnCount)"
            )
        }
        let products = try x.product(transposed: dictionary.atoms, "dictionary")
        let code: Matrix
        switch algorithm {
        case .lasso(let penalty):
            code = try dictionary.lasso(products, penalty: penalty, isPositive: isPositive)
        case .matchingPursuit(let count): code = try dictionary.matchingPursuit(products, atomCount: count)
        case .threshold(let threshold): code = try products.shrunk(by: threshold, isPositive: isPositive)
        }
        guard splitsSign else { return code }
        return try .concatenated([code.atLeast(0), (-code).atLeast(0)])
    }
}
