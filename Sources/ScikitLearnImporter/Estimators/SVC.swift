import Diagnostics
import ModelFormats
import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

/// The support vectors of a machine, with weights for one output or several.
///
/// *Source*: scikit-learn 0.24 to 1.9, `support_vectors_`, `dual_coef_`, `intercept_`, `kernel`, `_gamma`, `coef0`, `degree`.
struct SupportVectors {
    let kernel: Kernel?
    let vectors: [Double]
    /// The samples that a precomputed kernel is with.
    let places: [Int]
    let count: Int

    init(_ object: EstimatorObject) throws(ModelImportError) {
        guard object.value["kernel"]?.string != "precomputed" else {
            kernel = nil
            vectors = []
            places = try object.integers("support_")
            count = places.count
            let width = try object.int("n_features_in_")
            guard places.allSatisfy({ (0..<width).contains($0) }) else {
                throw ModelImportError(.malformed, "`support_` leaves 0..<\(width)")
            }
            return
        }
        kernel = try Kernel(
            object,
            gamma: object.double("_gamma"),
            coefficient: object.double("coef0"),
            degree: object.double("degree")
        )
        let matrix = try object.matrix("support_vectors_")
        vectors = matrix.elements
        count = matrix.rows
        places = []
        if let width = try object.featureCount(), width != matrix.columns {
            throw ModelImportError(
                .malformed,
                "`support_vectors_` has \(matrix.columns) columns, expected \(width) from `n_features_in_`"
            )
        }
    }

    /// *Shapes*: `[batch, features]` to `[batch, vectors]`.
    func callAsFunction(_ input: Table) throws(ModelImportError) -> Matrix {
        let x = try input.doubles()
        guard let kernel else { return try x.columns(places) }
        return try kernel(x, vectors)
    }
}

/// A support vector machine for each pair of classes.
///
/// *Source*: scikit-learn 0.24 to 1.9, as `SupportVectors`, and `_n_support`, `decision_function_shape`, `break_ties`,
/// `_probA`, `_probB`.
struct SVC: Classifier {
    let classes: ClassLabels
    let vectors: SupportVectors
    /// A row for each support vector, a column for each pair; a decision above zero is for the first of a pair.
    let weights: [Double]
    let intercepts: [Double]
    let isOneVersusOne: Bool
    let breaksTies: Bool
    let sigmoids: (slopes: [Double], intercepts: [Double])?

    static let entry = EstimatorEntry("sklearn.svm.NuSVC", "sklearn.svm.SVC") { object throws(ModelImportError) in
        .classifier(try SVC(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        classes = try object.classes()
        vectors = try SupportVectors(object)
        let count = classes.count
        let pairCount = count * (count - 1) / 2
        let own = try object.doubles("intercept_", count: pairCount, from: "classes_")
        let coefficients = try object.matrix("dual_coef_", rows: count - 1, columns: vectors.count)
        // SPEC: for two classes, what is public has the opposite sign of what the library computes with.
        let sign: Double = count == 2 ? -1 : 1
        intercepts = own.map { sign * $0 }
        let sizes = try object.integers(object.value["_n_support"] == nil ? "n_support_" : "_n_support")
        let total = vectors.count
        guard sizes.count >= count, sizes.allSatisfy({ (0...total).contains($0) }),
            sizes.prefix(count).reduce(0, +) == total
        else {
            throw ModelImportError(.malformed, "`_n_support` does not add up to \(total) support vectors")
        }
        _ = try FilledMatrix.elementCount("the weights of support vectors", total, pairCount)
        let owners = (0..<count).flatMap { [Int](repeating: $0, count: sizes[$0]) }
        weights = owners.enumerated().flatMap { vector, owner in
            pairs(of: count).map { first, second in
                if owner == first { return sign * coefficients[(second - 1) * total + vector] }
                return owner == second ? sign * coefficients[first * total + vector] : 0
            }
        }
        isOneVersusOne = object.value["decision_function_shape"]?.string == "ovo"
        breaksTies = object.flag("break_ties")
        let slopes = try object.array("_probA") == nil ? "probA_" : "_probA"
        guard try object.array(slopes)?.shape.elementCount ?? 0 > 0 else {
            sigmoids = nil
            return
        }
        sigmoids = (
            try object.doubles(slopes, count: pairCount, from: "classes_"),
            try object.doubles(slopes == "_probA" ? "_probB" : "probB_", count: pairCount, from: "classes_")
        )
    }

    func classify(_ input: Table) throws(ModelImportError) -> Classification {
        let kernel = try vectors(input)
        let pairwise =
            try kernel.product(weights, columns: intercepts.count, "dual_coef")
            + kernel.row(intercepts, "intercept")
        let probabilities = try probabilities(pairwise)
        guard classes.count > 2 else {
            let decision = -pairwise
            return Classification(
                indices: try decision.decidedClass(),
                probabilities: probabilities,
                decision: decision
            )
        }
        let seconds = try pairwise.greater(than: 0).not().cast(to: .double)
        let isNegative = try pairwise.less(than: 0).cast(to: .double)
        let decision = try (-pairwise).oneVersusRest(predictions: isNegative, classCount: classes.count)
        let votes = try seconds.votes(classCount: classes.count)
        return Classification(
            indices: (breaksTies && !isOneVersusOne ? decision : votes).argMax(),
            probabilities: probabilities,
            decision: isOneVersusOne ? pairwise : decision
        )
    }

    /// Probabilities by pairs, coupled.
    private func probabilities(_ pairwise: Matrix) throws(ModelImportError) -> Matrix? {
        guard let sigmoids else { return nil }
        let scaled = try pairwise * pairwise.row(sigmoids.slopes, "slopes")
        let exponents = try scaled + pairwise.row(sigmoids.intercepts, "intercepts")
        return try PairCoupling(classCount: classes.count)((-exponents).sigmoid())
    }
}

/// The pairs of classes, in the order of their machines.
private func pairs(of count: Int) -> [(first: Int, second: Int)] {
    (0..<count).flatMap { first in (first + 1..<max(count, first + 1)).map { (first, $0) } }
}

extension Matrix {
    /// How many pairs vote for each class; 1 is a vote for the second.
    fileprivate func votes(classCount: Int) throws(ModelImportError) -> Matrix {
        let all = pairs(of: classCount)
        let firsts = try FilledMatrix.indicators("the pairs of classes", all.map(\.first), width: classCount)
        let seconds = try FilledMatrix.indicators("the pairs of classes", all.map(\.second), width: classCount)
        return try product(seconds, columns: classCount, "pairs")
            + (1 - self).product(firsts, columns: classCount, "pairs")
    }
}
